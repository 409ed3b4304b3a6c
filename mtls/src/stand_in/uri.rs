//! `System.Uri`: how it writes the path and the query of an address anew (`UriExt.cs`, `UriHelper.cs`).

use std::fmt::Write as _;

use http::Uri;

use super::kestrel::{escaped_byte, without_dot_segments};

/// What no part of an address can hold unescaped, beside controls, blanks and what is no ASCII.
const UNSAFE: &[u8] = b"\"<>\\^`{|}";

/// The path that the handler receives when the host forwards: `new Uri(DisplayUrl).AbsolutePath` of the decoded path.
///
/// One level of encoding is lost by that: it is cut at the first `?` or `#`; `\` becomes `/`; escaped unreserved
/// characters are decoded; what an address cannot hold is escaped; dot segments are removed once more.
pub(super) fn path(decoded: &str) -> String {
    let end = decoded.find(['?', '#']).unwrap_or(decoded.len());
    let slashes = decoded.get(..end).unwrap_or_default().replace('\\', "/");
    without_dot_segments(&canonical(&slashes, true))
}

/// The query as it leaves an address: escaped unreserved characters are decoded, what it cannot hold is escaped.
pub(super) fn query(query: &str) -> String {
    canonical(query, true)
}

/// The value of `Location`: an address as `AbsoluteUri` has it, a reference with what it cannot hold escaped.
pub(super) fn location(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    if !lower.starts_with("http://") && !lower.starts_with("https://") {
        return Some(canonical(value, false));
    }
    let (address, fragment) = match value.split_once('#') {
        Some((address, fragment)) => (address, format!("#{}", canonical(fragment, true))),
        None => (value, String::new()),
    };
    let parsed: Uri = canonical(address, true).parse().ok()?;
    let scheme = parsed.scheme_str()?;
    let authority = parsed.authority()?;
    let port = match (authority.port_u16(), scheme) {
        (Some(80), "http") | (Some(443), "https") | (None, _) => String::new(),
        (Some(port), _) => format!(":{port}"),
    };
    let user = authority.as_str().rsplit_once('@');
    let user = user.map(|(user, _)| format!("{user}@")).unwrap_or_default();
    let host = authority.host().to_ascii_lowercase();
    let query = parsed.query().map(|query| format!("?{query}"));
    let path = without_dot_segments(parsed.path());
    let query = query.unwrap_or_default();
    Some(format!(
        "{scheme}://{user}{host}{port}{path}{query}{fragment}"
    ))
}

/// Decodes escaped unreserved characters where that is wanted, and escapes what the part cannot hold.
fn canonical(part: &str, decodes: bool) -> String {
    let mut canonical = String::with_capacity(part.len());
    let mut rest = part;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = after;
        match (
            c,
            escaped_byte(&format!("{c}{}", after.get(..2).unwrap_or_default())),
        ) {
            ('%', Some(byte)) if decodes && is_unreserved(byte) => {
                canonical.push(char::from(byte));
                rest = after.get(2..).unwrap_or_default();
            }
            ('%', Some(_)) => canonical.push('%'),
            ('%', None) => canonical.push_str("%25"),
            _ if is_kept(c) => canonical.push(c),
            _ => push_escaped(&mut canonical, c),
        }
    }
    canonical
}

fn is_kept(c: char) -> bool {
    let byte = u8::try_from(c).ok().filter(u8::is_ascii_graphic);
    byte.is_some_and(|byte| !UNSAFE.contains(&byte))
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Appends the escapes of the character's bytes in UTF-8.
pub(super) fn push_escaped(text: &mut String, c: char) {
    let mut buffer = [0; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_leaves_an_address_changed() {
        let table = [
            ("", ""),
            ("a=%41%2F%3F", "a=A%2F%3F"),
            ("%61=1&b%20c=2", "a=1&b%20c=2"),
            ("a=%zz", "a=%25zz"),
            ("a=100%", "a=100%25"),
            ("a={%22b%22:1}", "a=%7B%22b%22:1%7D"),
            ("a[]=/x//y/../z?", "a[]=/x//y/../z?"),
            ("a=!$'()*,;:@~-._", "a=!$'()*,;:@~-._"),
            ("a=%e9", "a=%e9"),
            ("a=\\", "a=%5C"),
        ];
        for (sent, expected) in table {
            assert_eq!(query(sent), expected, "{sent}");
        }
    }

    #[test]
    fn a_location_is_escaped_or_written_anew() {
        let table = [
            ("/api/plain?again=1", "/api/plain?again=1"),
            ("item/2", "item/2"),
            ("../plain", "../plain"),
            ("/a b?\u{e9}%41%", "/a%20b?%C3%A9%41%25"),
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            ("HTTP://EXAMPLE.org:80", "http://example.org/"),
            ("http://127.0.0.1:1/x/../%41", "http://127.0.0.1:1/A"),
            ("https://u:p@a:8443/", "https://u:p@a:8443/"),
        ];
        for (sent, expected) in table {
            assert_eq!(location(sent).as_deref(), Some(expected), "{sent}");
        }
    }
}
