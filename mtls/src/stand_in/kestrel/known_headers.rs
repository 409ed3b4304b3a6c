//! How Kestrel spells the names of headers that it knows, however they were sent (`HeaderNames.cs`, and the interned names
//! of `KnownHeaders.cs`).

use http::HeaderName;

/// In the order of their lower case.
const NAMES: [&str; 88] = [
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Accept-Ranges",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Age",
    "Allow",
    "Alt-Svc",
    "Alt-Used",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-MD5",
    "Content-Range",
    "Content-Security-Policy",
    "Content-Security-Policy-Report-Only",
    "Content-Type",
    "Cookie",
    "Correlation-Context",
    "Date",
    "DNT",
    "ETag",
    "Expect",
    "Expires",
    "From",
    "Grpc-Accept-Encoding",
    "Grpc-Encoding",
    "Grpc-Message",
    "Grpc-Status",
    "Grpc-Timeout",
    "Host",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Last-Modified",
    "Link",
    "Location",
    "Max-Forwards",
    "Origin",
    "Pragma",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Range",
    "Referer",
    "Request-Id",
    "Retry-After",
    "Sec-WebSocket-Accept",
    "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key",
    "Sec-WebSocket-Protocol",
    "Sec-WebSocket-Version",
    "Server",
    "Set-Cookie",
    "Strict-Transport-Security",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Translate",
    "Upgrade",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "Vary",
    "Via",
    "Warning",
    "WWW-Authenticate",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Powered-By",
    "X-Requested-With",
    "X-UA-Compatible",
    "X-XSS-Protection",
];

/// Known headers of a request, in the order in which Kestrel gives them out (`HttpHeaders.Generated.cs`).
const REQUEST_ORDER: [&str; 45] = [
    "Accept",
    "Connection",
    "Host",
    "User-Agent",
    "Accept-Charset",
    "Accept-Encoding",
    "Accept-Language",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Alt-Used",
    "Authorization",
    "baggage",
    "Cache-Control",
    "Content-Type",
    "Cookie",
    "Correlation-Context",
    "Date",
    "Expect",
    "From",
    "Grpc-Accept-Encoding",
    "Grpc-Encoding",
    "Grpc-Timeout",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Keep-Alive",
    "Max-Forwards",
    "Origin",
    "Pragma",
    "Proxy-Authorization",
    "Range",
    "Referer",
    "Request-Id",
    "TE",
    "traceparent",
    "tracestate",
    "Transfer-Encoding",
    "Translate",
    "Upgrade",
    "Upgrade-Insecure-Requests",
    "Via",
    "Warning",
    "Content-Length",
];

/// Where a header of that canonical name stands among those of a request: others stand behind, in the order of the wire.
pub(in crate::stand_in) fn place(name: &str) -> usize {
    let mut order = REQUEST_ORDER.iter();
    order
        .position(|known| *known == name)
        .unwrap_or(REQUEST_ORDER.len())
}

/// The name as the host's code sees it; others stay as they came, which behind our front end is lower case.
pub(in crate::stand_in) fn canonical(name: &HeaderName) -> &str {
    let found =
        NAMES.binary_search_by(|known| known.to_ascii_lowercase().as_str().cmp(name.as_str()));
    found
        .ok()
        .and_then(|at| NAMES.get(at))
        .copied()
        .unwrap_or(name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_spelt_as_in_the_standards() {
        assert!(NAMES.is_sorted_by_key(|name| name.to_ascii_lowercase()));
        for name in NAMES {
            let lower = HeaderName::from_bytes(name.as_bytes()).unwrap();
            assert_eq!(canonical(&lower), name);
        }
        assert_eq!(
            canonical(&HeaderName::from_static("x-record-id")),
            "x-record-id"
        );
    }
}
