//! What the stand-in host does to requests and answers on their way.

use serde_json::json;

use crate::project::Project;

#[test]
fn a_forwarding_host_rewrites_what_it_forwards() {
    let project = Project::new();
    let running = project.start(&[]);
    let caller = running.caller();
    let headers = [
        ("X-Twice", "1"),
        ("X-Twice", "2"),
        ("Content-Encoding", "gzip"),
        ("Content-Type", "text/plain"),
        ("User-Agent", "test/1"),
        ("X-Azure-Functions-InvocationId", "evil"),
        ("X-Forwarded-Proto", "http"),
    ];
    let answer = caller.send("POST", "/api/echo/a%5C..%5Cb%2520c?a=1&a=2", &headers, "hi");
    assert_eq!(answer.received()[0], "POST /api/echo/b%20c?a=1,2 HTTP/1.1");
    assert_eq!(answer.values("x-twice"), ["1, 2"]);
    assert_eq!(answer.values("content-encoding"), Vec::<String>::new());
    assert_eq!(answer.values("content-type"), ["text/plain"]);
    assert_eq!(answer.values("content-length"), ["2"]);
    assert_eq!(
        answer.values("host"),
        [format!("localhost:{}", caller.port)]
    );
    assert_eq!(answer.values("x-forwarded-proto"), ["https"]);
    assert!(answer.values("user-agent")[0].starts_with("test/1 Azure-Functions-Host/4."));
    let invocation = answer.values("x-azure-functions-invocationid");
    assert!(
        invocation[0].starts_with("evil, ") && invocation[0].len() == 42,
        "{invocation:?}"
    );
    assert_eq!(answer.values("traceparent").len(), 1);
    for name in [
        "x-arr-log-id",
        "x-arr-ssl",
        "x-forwarded-for",
        "x-original-url",
        "client-ip",
        "max-forwards",
    ] {
        assert_eq!(answer.values(name).len(), 1, "{name}");
    }
}

#[test]
fn a_proxying_host_keeps_more_and_owns_more() {
    let project = Project::new();
    let running = project.start(&["--host", "proxying"]);
    let caller = running.caller();
    let headers = [
        ("Content-Encoding", "gzip"),
        ("X-Azure-Functions-InvocationId", "evil"),
    ];
    let answer = caller.send("POST", "/api/echo/a%5Cb?a=1&a=2", &headers, "hi");
    assert_eq!(
        answer.received()[0],
        "POST /api/echo/a%5Cb?a=1&a=2 HTTP/1.1"
    );
    assert!(answer.values("host")[0].starts_with("127.0.0.1:"));
    assert_eq!(
        answer.values("x-forwarded-host"),
        [format!("localhost:{}", caller.port)]
    );
    assert_eq!(answer.values("x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(answer.values("content-encoding"), ["gzip"]);
    assert_eq!(answer.values("x-azure-functions-invocationid")[0].len(), 36);
    assert_eq!(
        answer.values("x-ms-invocation-id"),
        answer.values("x-azure-functions-invocationid")
    );
}

#[test]
fn what_a_forwarding_host_cannot_send_is_500_and_reaches_no_handler() {
    let project = Project::new();
    let mut running = project.start(&[]);
    let caller = running.caller();
    let chunked = b"POST /api/echo/chunked HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let answer = caller.raw(chunked);
    assert_eq!((answer.status, answer.body.as_str()), (500, ""));
    assert_eq!(
        running.request("/api/echo/chunked")["stopped"],
        "host: chunked body"
    );
    let answer = caller.send("GET", "/api/echo/ascii", &[("X-A", "\u{e9}")], "");
    assert_eq!((answer.status, answer.body.as_str()), (500, ""));
    assert_eq!(
        running.request("/api/echo/ascii")["stopped"],
        "host: non-ASCII header"
    );
    let switched = caller.get("/api/echo/switch");
    assert_eq!((switched.status, switched.body.as_str()), (500, ""));
    let garbage = caller.get("/api/echo/garbage");
    assert_eq!((garbage.status, garbage.body.as_str()), (500, ""));
    assert_eq!(caller.get("/api/echo/x").status, 200);
}

#[test]
fn a_proxying_host_passes_chunks_on_as_chunks() {
    let project = Project::new();
    let running = project.start(&["--host", "proxying"]);
    let chunked = b"POST /api/echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let answer = running.caller().raw(chunked);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.values("transfer-encoding"), ["chunked"]);
    assert!(answer.body.contains(r"2\r\nhi\r\n0\r\n"), "{answer:?}");
}

#[test]
fn the_host_routes_by_itself_and_answers_with_nothing() {
    let project = Project::new();
    project.function("Only", "none", json!({"route": "only", "methods": ["get"]}));
    let running = project.start(&[]);
    let caller = running.caller();
    let table = [
        ("GET", "/api/ONLY", 200),
        ("POST", "/api/only", 404),
        ("HEAD", "/api/only", 404),
        ("GET", "/api/other", 404),
        ("GET", "/admin/host/status", 404),
        ("GET", "/runtime/webhooks/x", 404),
        ("GET", "/api/echo/%00", 400),
    ];
    for (method, path, status) in table {
        let answer = caller.send(method, path, &[], "");
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(status == 200 || answer.body.is_empty(), "{answer:?}");
    }
    let home = caller.get("/");
    assert!(
        home.status == 200 && home.head.contains("text/html"),
        "{home:?}"
    );
}

#[test]
fn answers_pass_with_reason_cookies_and_custom_headers() {
    let project = Project::new();
    let running = project.start(&[]);
    let answer = running.caller().get("/api/echo/teapot");
    assert!(
        answer.head.starts_with("http/1.1 418 short and stout"),
        "{answer:?}"
    );
    for line in [
        "x-custom: handler",
        "x-added: host",
        "set-cookie: a=1",
        "set-cookie: b=2",
    ] {
        assert!(
            answer.head.lines().any(|seen| seen == line),
            "{line}: {answer:?}"
        );
    }
    let head = running.caller().send("HEAD", "/api/echo/x", &[], "");
    assert!(
        head.status == 200 && head.body.is_empty() && head.head.contains("content-length: "),
        "{head:?}"
    );
}

#[test]
fn kestrels_limits_and_the_front_ends_stand_one_behind_the_other() {
    let project = Project::new();
    project.settings(json!({"FUNCTIONS_REQUEST_BODY_SIZE_LIMIT": "1000"}));
    let running = project.start(&[]);
    let caller = running.caller();
    let long = "x".repeat(33 * 1024);
    assert_eq!(
        caller
            .send("GET", "/api/echo/x", &[("X-A", &long)], "")
            .status,
        431
    );
    let longer = "x".repeat(70 * 1024);
    assert_eq!(
        caller
            .send("GET", "/api/echo/x", &[("X-A", &longer)], "")
            .status,
        431
    );
    let many = [("X-A", "1"); 101];
    assert_eq!(caller.send("GET", "/api/echo/x", &many, "").status, 431);
    let path = format!("/api/echo/{}", "x".repeat(9 * 1024));
    assert_eq!(caller.get(&path).status, 414);
    assert_eq!(
        caller
            .send("POST", "/api/echo/x", &[], &"x".repeat(1001))
            .status,
        500
    );
    assert_eq!(
        caller
            .send("POST", "/api/echo/x", &[], &"x".repeat(1000))
            .status,
        200
    );
}

#[test]
fn a_request_names_exactly_one_host_and_a_path() {
    let project = Project::new();
    let running = project.start(&[]);
    let caller = running.caller();
    let table = [
        ("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\nHost:\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\nHost: a:65536\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\nHost: u@a\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\nHost: a/b\r\n", 400),
        ("GET /api/echo/x HTTP/1.1\r\nHost: a, b\r\n", 400),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n", 404),
        ("GET * HTTP/1.1\r\nHost: a\r\n", 405),
        ("GET http://b/api/echo/x HTTP/1.1\r\nHost: a\r\n", 200),
        ("GET /api/echo/x HTTP/1.0\r\n", 200),
    ];
    for (head, status) in table {
        let request = format!("{head}Connection: close\r\n\r\n");
        let answer = caller.raw(request.as_bytes());
        assert_eq!(answer.status, status, "{head}");
    }
    let absolute =
        caller.raw(b"GET http://b/api/echo/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert_eq!(absolute.values("host"), ["b"]);
    assert_eq!(absolute.values("disguised-host"), ["b"]);
}
