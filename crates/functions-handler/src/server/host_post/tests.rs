use client_cert::FrontEndProof;
use http::{HeaderName, HeaderValue};

use super::*;

const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Head {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: HeaderName = name.parse().unwrap();
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    Head {
        method: method.parse().unwrap(),
        uri: target.parse().unwrap(),
        headers: map,
        proof: FrontEndProof::NONE,
        had_secret: false,
    }
}

const HOSTS: [(&str, &str); 5] = [
    ("Host", "127.0.0.1:4000"),
    ("X-Azure-Functions-HostVersion", "4.1037.0.0"),
    ("X-Azure-Functions-InvocationId", ID),
    ("User-Agent", "Azure-Functions-Host/4.1037.0.0"),
    ("Content-Type", "application/json; charset=utf-8"),
];

fn with(more: &[(&str, &str)]) -> bool {
    is_host_post(&head("POST", "/F", &[&HOSTS, more].concat()), 4000)
}

/// One of the host's headers replaced, or left out.
fn instead(name: &str, value: Option<&str>) -> bool {
    let others = HOSTS.iter().filter(|(known, _)| *known != name).copied();
    let headers: Vec<_> = others.chain(value.map(|value| (name, value))).collect();
    is_host_post(&head("POST", "/F", &headers), 4000)
}

/// A front end that proves itself adds its secret to each request of a caller, and it is taken out before.
#[test]
fn a_request_that_came_with_a_front_ends_secret_is_a_callers() {
    let mut marked = head("POST", "/F", &HOSTS);
    assert!(is_host_post(&marked, 4000));
    marked.had_secret = true;
    assert!(!is_host_post(&marked, 4000));
}

#[test]
fn what_the_host_writes_is_the_hosts() {
    assert!(with(&[]));
    assert!(with(&[
        ("Content-Length", "2"),
        ("traceparent", "00-1-2-01"),
        ("tracestate", "a=b")
    ]));
    assert!(with(&[
        ("Transfer-Encoding", "chunked"),
        ("Request-Id", "|1.")
    ]));
    assert!(with(&[
        ("Correlation-Context", "a=b"),
        ("baggage", "a=b"),
        ("Connection", "close")
    ]));
    assert!(instead("X-Azure-Functions-HostVersion", None));
    assert!(instead("User-Agent", None));
}

#[test]
fn any_other_header_is_somebody_elses() {
    let others = [
        "Accept",
        "Accept-Encoding",
        "Cookie",
        "Expect",
        "Authorization",
        "X-ARR-ClientCert",
        "X-ARR-LOG-ID",
        "X-ARR-SSL",
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Original-URL",
        "DISGUISED-HOST",
        "x-ms-invocation-id",
        "X_Azure_Functions_InvocationId",
        "Max-Forwards",
        "X-A",
    ];
    for name in others {
        assert!(!with(&[(name, "x")]), "{name}");
    }
    for (name, value) in HOSTS {
        assert!(!with(&[(name, value)]), "{name} twice");
    }
}

#[test]
fn the_hosts_own_headers_have_the_hosts_own_values() {
    let joined = format!("evil, {ID}");
    let table = [
        (
            "Host",
            &[
                "localhost:4000",
                "127.0.0.1",
                "127.0.0.1:4001",
                "127.0.0.1:40000",
                "127.0.0.1:4000 ",
                "",
            ][..],
        ),
        (
            "X-Azure-Functions-InvocationId",
            &[
                &joined,
                "evil",
                "",
                "{2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11}",
            ],
        ),
        (
            "Content-Type",
            &["text/plain", "", "application/jsonx", "text/json"],
        ),
        (
            "User-Agent",
            &[
                "curl/8.5.0",
                "curl/8.5.0 Azure-Functions-Host/4",
                "Azure-Functions-Host/4 (x)",
                "",
            ],
        ),
    ];
    for (name, values) in table {
        for value in values {
            assert!(!instead(name, Some(value)), "{name}: {value}");
        }
    }
    for name in ["Host", "X-Azure-Functions-InvocationId", "Content-Type"] {
        assert!(!instead(name, None), "{name}");
    }
}

#[test]
fn method_and_target_are_exact() {
    for (method, target) in [
        ("GET", "/F"),
        ("PUT", "/F"),
        ("post", "/F"),
        ("POST", "/F?"),
        ("POST", "/F?x=1"),
        ("POST", "http://127.0.0.1:4000/F"),
    ] {
        assert!(
            !is_host_post(&head(method, target, &HOSTS), 4000),
            "{method} {target}"
        );
    }
}
