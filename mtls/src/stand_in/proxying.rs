//! The request that the handler receives from a host that proxies. Pure.

use functions_handler::host::contract;
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, TRANSFER_ENCODING};
use http::request::Parts;
use http::{Method, Request, Version};

use super::dialect::{Invocation, Unsendable};
use super::header_rules::{joined, set};
use super::path;

/// The second name under which proxying hosts send the invocation id, if the caller did not.
const MS_INVOCATION_ID: HeaderName = HeaderName::from_static("x-ms-invocation-id");

/// What YARP never copies (`RequestUtilities.cs`); the front end has removed the rest of a connection's headers.
const HOP_BY_HOP: [&str; 9] = [
    "alt-svc",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
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
    let query = caller.uri.query();
    let target = match query {
        Some(query) => format!("{}?{query}", path::proxied(routed)),
        None => path::proxied(routed),
    };
    let (mut parts, ()) = Request::builder()
        .method(caller.method.clone())
        .uri(target)
        .version(Version::HTTP_11)
        .body(())
        .map_err(|_| Unsendable::Malformed)?
        .into_parts();
    parts.headers = headers(&caller.headers, invocation)?;
    add_framing(&mut parts, length)?;
    Ok(parts)
}

fn headers(caller: &HeaderMap, invocation: &Invocation) -> Result<HeaderMap, Unsendable> {
    let mut headers = joined(caller, "; ", |name| {
        !HOP_BY_HOP.contains(&name.as_str()) && ![HOST, CONTENT_LENGTH].contains(name)
    })?;
    let public_host = caller
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let own_host = format!("127.0.0.1:{}", invocation.port);
    for (name, value) in [
        (HOST, own_host.as_str()),
        (contract::FORWARDED_FOR_HEADER, PEER),
        (contract::FORWARDED_PROTO_HEADER, "https"),
        (contract::FORWARDED_HOST_HEADER, public_host),
        (contract::HOST_VERSION_HEADER, invocation.host_version),
        (contract::INVOCATION_ID_HEADER, &invocation.id),
    ] {
        set(&mut headers, name, value)?;
    }
    for (name, value) in [
        (MS_INVOCATION_ID, &invocation.id),
        (contract::TRACE_PARENT_HEADER, &invocation.trace_parent),
    ] {
        if !headers.contains_key(&name) {
            set(&mut headers, name, value)?;
        }
    }
    Ok(headers)
}

fn add_framing(parts: &mut Parts, length: Option<usize>) -> Result<(), Unsendable> {
    let expects_body = [Method::POST, Method::PUT, Method::PATCH].contains(&parts.method);
    match length {
        None => set(&mut parts.headers, TRANSFER_ENCODING, "chunked"),
        Some(0) if !expects_body => Ok(()),
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
        assert!(!headers.contains_key("upgrade"));
    }

    #[test]
    fn a_chunked_body_passes() {
        let headers = sent(&[], None).headers;
        assert_eq!(headers["transfer-encoding"], "chunked");
        assert!(!headers.contains_key("content-length"));
    }
}
