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
    assert_eq!(parts.uri, "/api/x?a=1,2");
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
        ("cookie", "a=1; b=2"),
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
    let back = [
        ("content-type", "text/plain; charset=utf-8"),
        ("content-length", "3"),
    ];
    let lost = CONTENT_HEADERS.into_iter();
    let lost = lost.filter(|name| back.iter().all(|(own, _)| own != name));
    let all: Vec<(&str, &str)> = lost.clone().map(|name| (name, "x")).chain(back).collect();
    let with = sent(&all, 3);
    assert_eq!(with["content-type"], "text/plain; charset=utf-8");
    assert_eq!(with["content-length"], "3");
    let without = sent(&all, 0);
    assert_eq!(without["content-length"], "0");
    assert!(!without.contains_key("content-type"));
    assert!(lost.clone().all(|name| !with.contains_key(name)));
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
fn the_callers_user_agent_comes_first() {
    let host = "Azure-Functions-Host/4.1037.0.0";
    for agent in ["curl/8.5.0", "a/b/c <x>", "a, b", ""] {
        let headers = sent(&[("User-Agent", agent)], 0);
        assert_eq!(headers["user-agent"], format!("{agent} {host}"), "{agent}");
    }
    assert_eq!(sent(&[], 0)["user-agent"], host);
}

#[test]
fn a_content_type_is_written_anew() {
    let table = [
        (
            "text/plain;charset=utf-8",
            Some("text/plain; charset=utf-8"),
        ),
        ("", None),
    ];
    for (kind, expected) in table {
        let headers = sent(&[("Content-Type", kind)], 1);
        let arrived = headers
            .get("content-type")
            .map(|kind| kind.to_str().unwrap());
        assert_eq!(arrived, expected, "{kind}");
    }
    let twice = [
        ("Content-Type", "text/plain"),
        ("Content-Type", "text/html"),
    ];
    let caller = caller("POST", "/api/x", &twice);
    let refused = request(&caller, "/api/x", Some(1), &invocation()).err();
    assert_eq!(refused, Some(Unsendable::ContentType));
}

#[test]
fn a_method_that_net_knows_arrives_in_upper_case_and_says_how_long_its_body_is() {
    let table = [
        ("get", "GET", false),
        ("pOsT", "POST", true),
        ("DELETE", "DELETE", false),
        ("OPTIONS", "OPTIONS", false),
        ("HEAD", "HEAD", false),
        ("TRACE", "TRACE", true),
        ("purge", "purge", true),
    ];
    for (method, arrives, has_length) in table {
        let caller = caller(method, "/api/x", &[]);
        let parts = request(&caller, "/api/x", Some(0), &invocation()).unwrap();
        assert_eq!(parts.method, arrives, "{method}");
        assert_eq!(
            parts.headers.contains_key("content-length"),
            has_length,
            "{method}"
        );
    }
}
