//! The request that the handler receives from a host that proxies (YARP's `HttpTransformer.cs`; the host's
//! `DefaultHttpProxyService.cs`). Pure.

use functions_handler::host::contract;
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Request, Version};

use super::dialect::{Invocation, Unsendable};
use super::header_rules::{CONTENT_HEADERS, joined, known_method, must_have_length, set};
use super::{uri, yarp};

mod answer;

pub(super) use answer::response;

/// The second name under which proxying hosts send the invocation id.
const MS_INVOCATION_ID: HeaderName = HeaderName::from_static("x-ms-invocation-id");

/// What YARP never copies (`RequestUtilities.cs`, `ForwardedTransformFactory.cs`); the front end has removed the rest of a
/// connection's headers.
const DROPPED: [&str; 12] = [
    "alt-svc",
    "connection",
    "forwarded",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "x-forwarded-prefix",
];

/// The host's view of its peer, which is the front end and not the caller.
const PEER: &str = "127.0.0.1";

/// What is left of a request when YARP has copied it.
///
/// `routed` and `length` are as for forwarding; here a chunked body passes.
///
/// # Errors
///
/// [`Unsendable`]: the caller gets 500 and the handler is not called.
pub(crate) fn request(
    caller: &Parts,
    routed: &str,
    length: Option<usize>,
    invocation: &Invocation,
) -> Result<Parts, Unsendable> {
    let target = match caller.uri.query() {
        Some(query) => format!("{}?{}", yarp::path(routed), uri::query(query)),
        None => yarp::path(routed),
    };
    let (mut parts, ()) = Request::builder()
        .method(known_method(&caller.method))
        .uri(target)
        .version(Version::HTTP_11)
        .body(())
        .map_err(|_| Unsendable::Malformed)?
        .into_parts();
    parts.headers = headers(&caller.headers, invocation)?;
    add_framing(&mut parts, &caller.headers, length)?;
    Ok(parts)
}

fn headers(caller: &HeaderMap, invocation: &Invocation) -> Result<HeaderMap, Unsendable> {
    let mut headers = joined(caller, |name| {
        !DROPPED.contains(&name.as_str()) && ![HOST, CONTENT_LENGTH].contains(name)
    })?;
    let public_host = caller
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    // A name in its ASCII form of IDNA stays, whoever it belongs to.
    let own_host = match public_host.starts_with("xn--") {
        true => public_host.to_owned(),
        false => format!("127.0.0.1:{}", invocation.port),
    };
    for (name, value) in [
        (HOST, own_host.as_str()),
        (contract::FORWARDED_FOR_HEADER, PEER),
        (contract::FORWARDED_PROTO_HEADER, "https"),
        (contract::FORWARDED_HOST_HEADER, public_host),
        (contract::HOST_VERSION_HEADER, invocation.host_version),
        (contract::INVOCATION_ID_HEADER, &invocation.id),
        (MS_INVOCATION_ID, &invocation.id),
    ] {
        set(&mut headers, name, value)?;
    }
    let trace = contract::TRACE_PARENT_HEADER;
    if !headers.contains_key(&trace) {
        set(&mut headers, trace, &invocation.trace_parent)?;
    }
    Ok(headers)
}

fn add_framing(
    parts: &mut Parts,
    caller: &HeaderMap,
    length: Option<usize>,
) -> Result<(), Unsendable> {
    // With one of them YARP sends content, of no bytes where there are none.
    let has_content = CONTENT_HEADERS
        .iter()
        .any(|name| caller.contains_key(*name));
    match length {
        None => set(&mut parts.headers, TRANSFER_ENCODING, "chunked"),
        Some(0) if !has_content && !must_have_length(&parts.method) => Ok(()),
        Some(length) => set(&mut parts.headers, CONTENT_LENGTH, &length.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &[(&str, &str)], length: Option<usize>) -> Parts {
        let mut caller = Request::post("/api/a%5Cb?a=1&a=2");
        for (name, value) in headers {
            caller = caller.header(*name, *value);
        }
        let caller = caller.body(()).unwrap().into_parts().0;
        let invocation = Invocation {
            id: "real".to_owned(),
            host_version: "4",
            trace_parent: "00-1-2-01".to_owned(),
            port: 4000,
        };
        request(&caller, "/api/a\\b", length, &invocation).unwrap()
    }

    #[test]
    fn the_query_survives_and_the_path_is_escaped_again() {
        assert_eq!(sent(&[], Some(0)).uri, "/api/a%5Cb?a=1&a=2");
    }

    #[test]
    fn the_host_overwrites_what_it_owns_and_keeps_content_headers() {
        let headers = sent(
            &[
                ("Host", "localhost:7443"),
                ("X-Forwarded-For", "192.0.2.1:1"),
                ("X-Forwarded-Proto", "http"),
                ("X-Azure-Functions-InvocationId", "evil"),
                ("Content-Encoding", "gzip"),
                ("Cookie", "a=1"),
                ("Cookie", "b=2"),
                ("X-ARR-ClientCert", "A"),
                ("X-ARR-ClientCert", "B"),
                ("User-Agent", "curl/8"),
                ("Upgrade", "x"),
                ("Forwarded", "for=x"),
                ("x-ms-invocation-id", "evil"),
            ],
            Some(3),
        )
        .headers;
        for (name, value) in [
            ("host", "127.0.0.1:4000"),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "localhost:7443"),
            ("x-azure-functions-invocationid", "real"),
            ("x-ms-invocation-id", "real"),
            ("content-encoding", "gzip"),
            ("content-length", "3"),
            ("cookie", "a=1; b=2"),
            ("x-arr-clientcert", "A, B"),
            ("user-agent", "curl/8"),
            ("traceparent", "00-1-2-01"),
        ] {
            let all: Vec<_> = headers.get_all(name).iter().collect();
            assert_eq!(all, [value], "{name}");
        }
        assert!(!headers.contains_key("upgrade") && !headers.contains_key("forwarded"));
        assert_eq!(
            sent(&[("Host", "xn--9ca.example")], None).headers["host"],
            "xn--9ca.example"
        );
    }

    #[test]
    fn a_header_of_content_makes_content() {
        let framed = |method: &str, name: &'static str| {
            let caller = Request::builder().method(method).uri("/").header(name, "0");
            let caller = caller.body(()).unwrap().into_parts().0;
            let parts = request(&caller, "/", Some(0), &Invocation::new(4000)).unwrap();
            parts.headers.contains_key("content-length")
        };
        for (method, name, expected) in [
            ("GET", "x-a", false),
            ("GET", "content-length", true),
            ("DELETE", "content-type", true),
            ("TRACE", "x-a", true),
            ("post", "x-a", true),
        ] {
            assert_eq!(framed(method, name), expected, "{method} {name}");
        }
    }

    #[test]
    fn a_chunked_body_passes() {
        let headers = sent(&[], None).headers;
        assert_eq!(headers["transfer-encoding"], "chunked");
        assert!(!headers.contains_key("content-length"));
    }
}
