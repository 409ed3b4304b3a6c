//! How forwarding rebuilds the query from the parsed collection.

use functions_handler::host::escaped;

/// The query that the handler receives when the host forwards, without `?`; empty if there is no query.
///
/// Keys are compared without case; repeated keys become one with their values joined by commas; `+` is a blank;
/// a key without a value gains `=`; everything outside the unreserved characters is escaped.
pub(crate) fn forwarded(raw: &str) -> String {
    let pairs: Vec<String> = collected(raw)
        .iter()
        .map(|(key, value)| format!("{}={}", escaped(key, |_| false), escaped(value, |_| false)))
        .collect();
    pairs.join("&")
}

/// The parsed collection: each key once, with its values joined by commas.
pub(crate) fn collected(raw: &str) -> Vec<(String, String)> {
    let mut collected: Vec<(String, String)> = Vec::new();
    for (key, value) in pairs(raw) {
        match collected
            .iter_mut()
            .find(|(seen, _)| seen.to_lowercase() == key.to_lowercase())
        {
            Some((_, values)) => {
                values.push(',');
                values.push_str(&value);
            }
            None => collected.push((key, value)),
        }
    }
    collected
}

/// Each key once, with its last value, as the binding keeps them beside the request.
pub(crate) fn last(raw: &str) -> Vec<(String, String)> {
    let mut last: Vec<(String, String)> = Vec::new();
    for (key, value) in pairs(raw) {
        last.retain(|(seen, _)| seen.to_lowercase() != key.to_lowercase());
        last.push((key, value));
    }
    last
}

fn pairs(raw: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = raw.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    })
}

/// `+` as a blank, escapes decoded, bytes that are not UTF-8 replaced.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, escape_value(after)) {
            (b'+', _) => bytes.push(b' '),
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that two hexadecimal digits at the start of `digits` encode.
fn escape_value(digits: &[u8]) -> Option<u8> {
    let digits = digits.get(..2)?;
    let text = std::str::from_utf8(digits).ok()?;
    if digits.iter().all(u8::is_ascii_hexdigit) {
        u8::from_str_radix(text, 16).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_rebuilt_as_the_host_rebuilds_it() {
        let table = [
            ("", ""),
            ("a=1", "a=1"),
            ("a=1&a=2", "a=1%2C2"),
            ("A=1&a=2&b=3", "A=1%2C2&b=3"),
            ("a=x+y", "a=x%20y"),
            ("flag", "flag="),
            ("&&a=1&", "a=1"),
            ("a=%41%2f", "a=A%2F"),
            ("a=%zz", "a=%25zz"),
            ("a=b=c", "a=b%3Dc"),
            ("a=%C3%A9", "a=%C3%A9"),
        ];
        for (sent, arrives) in table {
            assert_eq!(forwarded(sent), arrives, "{sent}");
        }
    }
}
