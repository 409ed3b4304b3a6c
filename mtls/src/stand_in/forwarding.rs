//! The request that the handler receives from a host that forwards. Pure.

use functions_handler::host::contract;
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, TRANSFER_ENCODING, USER_AGENT,
};
use http::request::Parts;
use http::{Method, Request, Version};

use super::dialect::{Invocation, Unsendable};
use super::header_rules::{append, joined, set};
use super::{path, query};

/// Headers that .NET counts as content and refuses among a request's (`KnownHeaders.cs`); silently lost.
const LOST: [&str; 9] = [
    "allow",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-location",
    "content-md5",
    "content-range",
    "expires",
    "last-modified",
];

/// What is left of a request when the host has copied it into .NET's client.
///
/// `routed` is the decoded path that the host routed on; `length` the length of the buffered body, none for a
/// chunked one.
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
    let length = length.ok_or(Unsendable::Chunked)?;
    let query = query::forwarded(caller.uri.query().unwrap_or_default());
    let separator = if query.is_empty() { "" } else { "?" };
    let target = format!("{}{separator}{query}", path::forwarded(routed));
    let (mut parts, ()) = Request::builder()
        .method(caller.method.clone())
        .uri(target)
        .version(Version::HTTP_11)
        .body(())
        .map_err(|_| Unsendable::Malformed)?
        .into_parts();
    parts.headers = headers(&caller.headers, invocation)?;
    add_content_headers(&mut parts, caller, length)?;
    Ok(parts)
}

fn headers(caller: &HeaderMap, invocation: &Invocation) -> Result<HeaderMap, Unsendable> {
    let mut headers = joined(caller, ", ", |name| {
        !LOST.contains(&name.as_str())
            && ![CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING].contains(name)
    })?;
    let (version, id) = (
        header(contract::HOST_VERSION_HEADER),
        header(contract::INVOCATION_ID_HEADER),
    );
    append(&mut headers, version?, invocation.host_version)?;
    append(&mut headers, id?, &invocation.id)?;
    let trace = header(contract::TRACE_PARENT_HEADER)?;
    if !headers.contains_key(&trace) {
        set(&mut headers, trace, &invocation.trace_parent)?;
    }
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let agent = user_agent(agent.unwrap_or_default(), invocation.host_version);
    set(&mut headers, USER_AGENT, &agent)?;
    Ok(headers)
}

/// `Content-Type` and `Content-Length` come back with a body only; methods that expect one say 0.
fn add_content_headers(parts: &mut Parts, caller: &Parts, length: usize) -> Result<(), Unsendable> {
    if length == 0 {
        if [Method::POST, Method::PUT, Method::PATCH].contains(&parts.method) {
            set(&mut parts.headers, CONTENT_LENGTH, "0")?;
        }
        return Ok(());
    }
    set(&mut parts.headers, CONTENT_LENGTH, &length.to_string())?;
    if let Some(kind) = caller.headers.get(CONTENT_TYPE) {
        let text = kind.to_str().map_err(|_| Unsendable::NonAscii)?;
        if !is_media_type(text) {
            return Err(Unsendable::ContentType);
        }
        set(&mut parts.headers, CONTENT_TYPE, text)?;
    }
    Ok(())
}

/// The host's name behind the caller's; before it, where .NET cannot parse the caller's.
fn user_agent(caller: &str, version: &str) -> String {
    let host = format!("Azure-Functions-Host/{version}");
    match caller {
        "" => host,
        _ if is_product_list(caller) => format!("{caller} {host}"),
        _ => format!("{host} {caller}"),
    }
}

/// Products (`name/version`) and comments in parentheses.
fn is_product_list(text: &str) -> bool {
    let mut depth = 0_u32;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let outside = depth == 0 && !word.starts_with('(');
        for c in word.chars() {
            match c {
                '(' => depth += 1,
                ')' if depth == 0 => return false,
                ')' => depth -= 1,
                _ => {}
            }
        }
        let mut parts = word.splitn(2, '/');
        if outside && !parts.all(is_token) {
            return false;
        }
    }
    depth == 0
}

/// `type/subtype`, with or without parameters.
fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn header(name: &str) -> Result<HeaderName, Unsendable> {
    name.parse().map_err(|_| Unsendable::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn invocation() -> Invocation {
        Invocation {
            id: "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11".to_owned(),
            host_version: "4.1037.0.0",
            trace_parent: "00-1-2-01".to_owned(),
            port: 4000,
        }
    }

    fn caller(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        request.body(()).unwrap().into_parts().0
    }

    fn sent(headers: &[(&str, &str)], length: usize) -> HeaderMap {
        let caller = caller("POST", "/api/x", headers);
        request(&caller, "/api/x", Some(length), &invocation())
            .unwrap()
            .headers
    }

    #[test]
    fn path_and_query_are_rebuilt() {
        let caller = caller("PURGE", "/api/pub/..%5Cx?a=1&a=2", &[]);
        let parts = request(&caller, "/api/pub/..\\x", Some(0), &invocation()).unwrap();
        assert_eq!(parts.uri, "/api/x?a=1%2C2");
        assert_eq!(parts.method, "PURGE");
    }

    #[test]
    fn repeated_headers_arrive_as_one_line() {
        let headers = sent(
            &[
                ("X-ARR-ClientCert", "A"),
                ("X-ARR-ClientCert", "B"),
                ("Cookie", "a=1"),
                ("Cookie", "b=2"),
                ("User-Agent", "one/1"),
                ("User-Agent", "two/2"),
                ("Host", "localhost:7443"),
            ],
            0,
        );
        for (name, value) in [
            ("x-arr-clientcert", "A, B"),
            ("cookie", "a=1, b=2"),
            ("user-agent", "one/1 two/2 Azure-Functions-Host/4.1037.0.0"),
            ("host", "localhost:7443"),
        ] {
            let all: Vec<_> = headers.get_all(name).iter().collect();
            assert_eq!(all, [value], "{name}");
        }
    }

    #[test]
    fn what_the_host_adds_stands_behind_what_the_caller_sent() {
        let forged = sent(
            &[
                ("X-Azure-Functions-InvocationId", "evil"),
                ("traceparent", "00-9-9-00"),
            ],
            0,
        );
        let id = "evil, 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";
        assert_eq!(forged["x-azure-functions-invocationid"], id);
        assert_eq!(forged["traceparent"], "00-9-9-00");
        let plain = sent(&[], 0);
        assert_eq!(plain["traceparent"], "00-1-2-01");
        assert_eq!(plain["x-azure-functions-hostversion"], "4.1037.0.0");
    }

    #[test]
    fn content_headers_are_lost_and_two_come_back_with_a_body() {
        let all: Vec<(&str, &str)> = LOST
            .iter()
            .map(|name| (*name, "x"))
            .chain([
                ("content-type", "text/plain; charset=utf-8"),
                ("content-length", "3"),
            ])
            .collect();
        let with = sent(&all, 3);
        assert_eq!(with["content-type"], "text/plain; charset=utf-8");
        assert_eq!(with["content-length"], "3");
        let without = sent(&all, 0);
        assert_eq!(without["content-length"], "0");
        assert!(!without.contains_key("content-type"));
        assert!(LOST.iter().all(|name| !with.contains_key(*name)));
        let get = caller("GET", "/api/x", &all);
        let get = request(&get, "/api/x", Some(0), &invocation()).unwrap();
        assert!(!get.headers.contains_key("content-length"));
    }

    #[test]
    #[allow(
        clippy::type_complexity,
        reason = "the type of a table that is used once"
    )]
    fn what_the_host_cannot_send_never_reaches_the_handler() {
        let table: [(&[(&str, &str)], Option<usize>, Unsendable); 4] = [
            (&[], None, Unsendable::Chunked),
            (&[("X-A", "é")], Some(0), Unsendable::NonAscii),
            (
                &[("X-ARR-ClientCert", "\u{ff}")],
                Some(0),
                Unsendable::NonAscii,
            ),
            (
                &[("Content-Type", "nonsense")],
                Some(1),
                Unsendable::ContentType,
            ),
        ];
        for (headers, length, expected) in table {
            let caller = caller("POST", "/api/x", headers);
            let refused = request(&caller, "/api/x", length, &invocation()).err();
            assert_eq!(refused, Some(expected), "{headers:?}");
        }
    }

    #[test]
    fn a_user_agent_that_dotnet_cannot_parse_moves_behind() {
        let host = "Azure-Functions-Host/4";
        let table = [
            ("", host.to_owned()),
            ("curl/8.5.0", format!("curl/8.5.0 {host}")),
            (
                "Mozilla/5.0 (X11; a (b) c) Gecko",
                format!("Mozilla/5.0 (X11; a (b) c) Gecko {host}"),
            ),
            ("a/b/c", format!("{host} a/b/c")),
            ("(open", format!("{host} (open")),
            ("<x>", format!("{host} <x>")),
        ];
        for (caller, expected) in table {
            assert_eq!(user_agent(caller, "4"), expected, "{caller}");
        }
    }
}
