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
