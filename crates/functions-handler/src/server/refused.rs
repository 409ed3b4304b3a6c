//! Requests that are refused whatever they are for: two readers could take them for different requests.
//!
//! hyper refuses most of these itself: lengths that contradict each other, a last transfer coding other than chunked, lines that
//! end oddly. It looks at the last coding alone, though, and leaves `Host` to its callers. The Functions host sends a handler
//! neither: it has refused or decoded such a request before, and writes one `Host` and no coding but chunked.

use http::uri::Authority;
use http::{HeaderMap, HeaderValue, StatusCode, Version, header};

/// The status of a request that is refused, if it is.
pub(super) fn refused(version: Version, headers: &HeaderMap) -> Option<StatusCode> {
    if !has_host(version, headers) {
        return Some(StatusCode::BAD_REQUEST);
    }
    (!is_readable(headers)).then_some(StatusCode::NOT_IMPLEMENTED)
}

/// Whether no transfer coding was applied but chunked, once: another one would be passed on as part of the content (RFC 9112,
/// section 6.1).
fn is_readable(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (lines.next(), lines.next()) {
        (None, _) => true,
        (Some(codings), None) => codings.as_bytes().eq_ignore_ascii_case(b"chunked"),
        (Some(_), Some(_)) => false,
    }
}

/// Whether `Host` is present once, which HTTP/1.0 does not ask for, and names a host (RFC 9112, section 3.2).
fn has_host(version: Version, headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(header::HOST).iter();
    match (lines.next(), lines.next()) {
        (None, _) => version == Version::HTTP_10,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    }
}

/// `uri-host [ ":" port ]` (RFC 9110, section 7.2). The host may be empty (RFC 3986, section 3.2.2), and so may the port.
fn is_host(value: &HeaderValue) -> bool {
    let value = value.as_bytes();
    if value.is_empty() {
        return true;
    }
    let port_begin = value.iter().rposition(|byte| *byte == b':');
    let in_brackets = value.last() == Some(&b']');
    let (host, port) = match port_begin.filter(|_| !in_brackets) {
        Some(colon) => value.split_at(colon),
        None => (value, &b":"[..]),
    };
    // An authority may also have a user, and anything for a port.
    let is_authority = host.is_empty() || Authority::try_from(host).is_ok();
    let is_port = port.iter().skip(1).all(u8::is_ascii_digit);
    let is_one = host.starts_with(b"[") || !host.contains(&b':');
    is_authority && is_port && is_one && !host.contains(&b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    type Lines = &'static [(&'static str, &'static str)];

    #[test]
    fn a_request_that_two_readers_could_take_for_two_is_refused() {
        const OK: Option<u16> = None;
        let table: &[(Version, Lines, Option<u16>)] = &[
            (Version::HTTP_11, &[("host", "a")], OK),
            (Version::HTTP_11, &[("host", "")], OK),
            (Version::HTTP_11, &[("host", "a_b.example:0")], OK),
            (Version::HTTP_11, &[("host", "a.example:")], OK),
            (Version::HTTP_11, &[("host", "[::1]:80")], OK),
            (Version::HTTP_11, &[("host", "[::1]")], OK),
            (Version::HTTP_11, &[("host", "xn--9ca.example.")], OK),
            (Version::HTTP_10, &[], OK),
            (Version::HTTP_11, &[], Some(400)),
            (Version::HTTP_11, &[("host", "a"), ("host", "a")], Some(400)),
            (Version::HTTP_10, &[("host", "a"), ("host", "b")], Some(400)),
            (Version::HTTP_10, &[("host", "a b")], Some(400)),
            (Version::HTTP_11, &[("host", "a, b")], Some(400)),
            (Version::HTTP_11, &[("host", "u@a")], Some(400)),
            (Version::HTTP_11, &[("host", "a:x")], Some(400)),
            (Version::HTTP_11, &[("host", "a:80:80")], Some(400)),
            (Version::HTTP_11, &[("host", "a/x")], Some(400)),
            (Version::HTTP_11, &[("host", "a?x")], Some(400)),
            (Version::HTTP_11, &[("host", "a#x")], Some(400)),
            (Version::HTTP_11, &[("host", "[::1")], Some(400)),
            (Version::HTTP_11, &[("host", "::1")], Some(400)),
            (Version::HTTP_11, &[("host", "http://a")], Some(400)),
            (Version::HTTP_11, &[("host", "a\"")], Some(400)),
        ];
        for (version, lines, expected) in table {
            let found = refused(*version, &headers(lines));
            assert_eq!(found.map(|status| status.as_u16()), *expected, "{lines:?}");
        }
    }

    #[test]
    fn no_transfer_coding_is_passed_on_but_chunked() {
        let table: &[(&[&str], Option<u16>)] = &[
            (&[], None),
            (&["chunked"], None),
            (&["Chunked"], None),
            (&["gzip, chunked"], Some(501)),
            (&["gzip,chunked"], Some(501)),
            (&["x-gzip ; q=1,\tCHUNKED"], Some(501)),
            (&["gzip", "chunked"], Some(501)),
            (&["", "chunked"], Some(501)),
            (&[", chunked"], Some(501)),
            (&["chunked, chunked"], Some(501)),
            (&["chunked", "chunked"], Some(501)),
            (&["identity, chunked"], Some(501)),
            (&["chunked;x=y"], Some(501)),
            (&["\"chunked\""], Some(501)),
        ];
        for (lines, expected) in table {
            let mut headers = headers(&[("host", "a")]);
            for line in *lines {
                headers.append(header::TRANSFER_ENCODING, line.parse().unwrap());
            }
            let found = refused(Version::HTTP_11, &headers);
            assert_eq!(found.map(|status| status.as_u16()), *expected, "{lines:?}");
        }
    }

    fn headers(lines: Lines) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }
}
