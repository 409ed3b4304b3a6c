//! The query as ASP.NET parses it (`QueryFeature.cs`, `KeyValueAccumulator.cs`), and as the host builds it anew from
//! that (`QueryHelpers.cs`, .NET's `UrlEncoder`).

use functions_handler::host::escaped;

use super::kestrel::escaped_byte;

/// What `UrlEncoder` leaves as it is, beside unreserved characters.
const KEPT: &[u8] = b"!$()*,;@";

/// After how many values of one key its spelling is settled.
const RESPELT: usize = 3;

/// One key of the parsed collection.
struct Key {
    name: String,
    values: Vec<String>,
}

/// The query that the handler receives when the host forwards, without `?`; empty if there is no query.
pub(super) fn forwarded(raw: &str) -> String {
    let escaped = |text: &str| escaped(text, |byte| KEPT.contains(&byte));
    let pairs: Vec<String> = collected(raw)
        .iter()
        .map(|(key, value)| format!("{}={}", escaped(key), escaped(value)))
        .collect();
    pairs.join("&")
}

/// The parsed collection: each key once, with its values joined by commas.
///
/// Keys are compared without case, and the spelling of a later one replaces that of the first; `+` is a blank.
pub(super) fn collected(raw: &str) -> Vec<(String, String)> {
    let keys = keys(raw).into_iter();
    keys.map(|key| (key.name, key.values.join(","))).collect()
}

/// Each key once, with its last value, as the binding keeps them beside the request.
pub(super) fn last(raw: &str) -> Vec<(String, String)> {
    let keys = keys(raw).into_iter();
    keys.map(|mut key| (key.name, key.values.pop().unwrap_or_default()))
        .collect()
}

fn keys(raw: &str) -> Vec<Key> {
    let mut keys: Vec<Key> = Vec::new();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        let lower = name.to_lowercase();
        match keys.iter_mut().find(|key| key.name.to_lowercase() == lower) {
            Some(key) => {
                key.values.push(value);
                if key.values.len() <= RESPELT {
                    key.name = name;
                }
            }
            None => keys.push(Key {
                name,
                values: vec![value],
            }),
        }
    }
    keys
}

/// `+` as a blank, escapes of UTF-8 decoded; those of other bytes stay as they are (`Uri.UnescapeDataString`).
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut run: Vec<(u8, &str)> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let (Some(byte), Some(escape)) = (escaped_byte(rest), rest.get(..3)) {
            run.push((byte, escape));
            rest = rest.get(3..).unwrap_or_default();
            continue;
        }
        push_run(&mut decoded, &mut run);
        decoded.push(if c == '+' { ' ' } else { c });
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    push_run(&mut decoded, &mut run);
    decoded
}

fn push_run(decoded: &mut String, run: &mut Vec<(u8, &str)>) {
    let bytes: Vec<u8> = run.iter().map(|(byte, _)| *byte).collect();
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        decoded.push_str(chunk.valid());
        at += chunk.valid().len();
        for _ in chunk.invalid() {
            decoded.push_str(run.get(at).map_or("", |(_, escape)| escape));
            at += 1;
        }
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_rebuilt_as_the_host_rebuilds_it() {
        let table = [
            ("", ""),
            ("a=1", "a=1"),
            ("a=1&a=2", "a=1,2"),
            ("A=1&a=2&b=3", "a=1,2&b=3"),
            ("a=1&b=2&a=3", "a=1,3&b=2"),
            ("a=1&a=2&A=3&a=4", "A=1,2,3,4"),
            ("a=x+y", "a=x%20y"),
            ("flag", "flag="),
            ("=1", "=1"),
            ("&&a=1&", "a=1"),
            ("a=%41%2f", "a=A%2F"),
            ("a=%zz", "a=%25zz"),
            ("a=b=c", "a=b%3Dc"),
            ("a=1?b=2", "a=1%3Fb%3D2"),
            ("a=1;b=2", "a=1;b%3D2"),
            ("a=%C3%A9", "a=%C3%A9"),
            ("a=%E9%c3%a9", "a=%25E9%C3%A9"),
            ("a[]=1&a[]=2", "a%5B%5D=1,2"),
            ("a=!$'()*,;:@~-._", "a=!$%27()*,;%3A@~-._"),
        ];
        for (sent, arrives) in table {
            assert_eq!(forwarded(sent), arrives, "{sent}");
        }
    }
}
