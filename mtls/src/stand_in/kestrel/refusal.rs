//! What Kestrel answers before the host's own code runs, and so without `customHeaders` (`HttpParser.cs`,
//! `Http1Connection.cs`, `KestrelServerLimits.cs`).

use functions_handler::host::contract;
use http::header::{ALLOW, HOST, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};

use super::host_header::is_taken;
use crate::stand_in::stop::Stop;

/// Kestrel's answer, where it has one.
pub(in crate::stand_in) fn refusal(caller: &Parts) -> Option<Stop> {
    let target = caller.uri.path_and_query();
    let target = target.map_or("", |target| target.as_str());
    let line = caller.method.as_str().len() + target.len() + " HTTP/1.1\r\n".len() + 1;
    let stop = |status, reason| Some(Stop::before_the_host(status, reason));
    if line > contract::REQUEST_LINE_BYTES {
        return stop(StatusCode::URI_TOO_LONG, "host: request line too long");
    }
    if has_large_headers(&caller.headers) {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return stop(status, "host: headers too large");
    }
    if !target.is_ascii() || !caller.headers.values().all(is_utf8) {
        return stop(StatusCode::BAD_REQUEST, "host: bytes that are no text");
    }
    let host = caller.headers.get(HOST).map_or(Ok(""), HeaderValue::to_str);
    if !host.is_ok_and(is_taken) {
        return stop(StatusCode::BAD_REQUEST, "host: no host in Host");
    }
    match target {
        "*" if caller.method != Method::OPTIONS => Some(only_options()),
        _ => None,
    }
}

fn has_large_headers(headers: &HeaderMap) -> bool {
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    bytes > contract::REQUEST_HEADER_BYTES || headers.len() > contract::REQUEST_HEADERS
}

fn is_utf8(value: &HeaderValue) -> bool {
    std::str::from_utf8(value.as_bytes()).is_ok()
}

/// `*` is a target of OPTIONS alone.
fn only_options() -> Stop {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let mut stop = Stop::before_the_host(status, "host: * without OPTIONS");
    let options = HeaderValue::from_static("OPTIONS");
    stop.response.headers_mut().insert(ALLOW, options);
    stop
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    #[allow(
        clippy::type_complexity,
        reason = "the type of a table that is used once"
    )]
    fn kestrel_is_asked_first() {
        let long = "a".repeat(contract::REQUEST_LINE_BYTES);
        let table: [(&str, &str, &str, &[u8], Option<u16>); 9] = [
            ("GET", "/a?b=%E9", "a", b"\xc3\xa9", None),
            ("GET", "/a", "a", b"\xe9", Some(400)),
            ("GET", "/a?b=\u{e9}", "a", b"", Some(400)),
            ("GET", "/a", "a/b", b"", Some(400)),
            ("GET", "/a", "a:", b"", Some(400)),
            ("OPTIONS", "*", "a", b"", None),
            ("GET", "*", "a", b"", Some(405)),
            ("GET", &format!("/{long}"), "a", b"", Some(414)),
            (
                "GET",
                "/",
                "a",
                "v".repeat(33_000).leak().as_bytes(),
                Some(431),
            ),
        ];
        for (method, target, host, value, expected) in table {
            let request = Request::builder()
                .method(method)
                .uri(target)
                .header(HOST, host);
            let request = request.header("x-a", HeaderValue::from_bytes(value).unwrap());
            let (parts, ()) = request.body(()).unwrap().into_parts();
            let status = refusal(&parts).map(|stop| stop.response.status().as_u16());
            assert_eq!(status, expected, "{method} {target} {host}");
        }
    }
}
