//! YARP: what it makes of a request and of an answer on their way (`RequestUtilities.cs`, `HttpTransformer.cs`,
//! `HttpForwarder.cs`).

use super::uri::push_escaped;

/// Characters of a path that stay, beside letters and digits (`RequestUtilities.cs`: `ValidPathChars`).
const PATH_SYMBOLS: &[u8] = b"!$&'()*+,-./:;=@_~";

/// The path that the handler receives when the host proxies: the decoded path encoded afresh, `%` too.
pub(super) fn path(decoded: &str) -> String {
    encoded(decoded, |_| false)
}

/// The decoded path as `PathString.ToUriComponent` writes it: as [`path`], but escapes that stayed in it stay as they are.
pub(super) fn path_string(decoded: &str) -> String {
    encoded(decoded, |rest| super::kestrel::escaped_byte(rest).is_some())
}

fn encoded(decoded: &str, keeps: impl Fn(&str) -> bool) -> String {
    let mut encoded = String::with_capacity(decoded.len());
    for (at, c) in decoded.char_indices() {
        let byte = u8::try_from(c).ok().filter(u8::is_ascii);
        let stays = byte.is_some_and(|b| b.is_ascii_alphanumeric() || PATH_SYMBOLS.contains(&b));
        if stays || (c == '%' && keeps(decoded.get(at..).unwrap_or_default())) {
            encoded.push(c);
        } else {
            push_escaped(&mut encoded, c);
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoded_path_is_encoded_in_two_ways() {
        let table = [
            ("/a b", "/a%20b", "/a%20b"),
            ("/caf\u{e9}", "/caf%C3%A9", "/caf%C3%A9"),
            ("/a?x=1#", "/a%3Fx=1%23", "/a%3Fx=1%23"),
            ("/a%2Fb", "/a%252Fb", "/a%2Fb"),
            ("/a%e9", "/a%25e9", "/a%e9"),
            ("/100%", "/100%25", "/100%25"),
            ("/[\\]", "/%5B%5C%5D", "/%5B%5C%5D"),
            ("/!$&'()*+,;=:@", "/!$&'()*+,;=:@", "/!$&'()*+,;=:@"),
        ];
        for (decoded, by_yarp, by_path_string) in table {
            assert_eq!(path(decoded), by_yarp, "{decoded}");
            assert_eq!(path_string(decoded), by_path_string, "{decoded}");
        }
    }
}
