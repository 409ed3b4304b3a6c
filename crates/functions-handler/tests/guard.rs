//! The guard and the server around implementations of a test's own: panics, routes, large bodies, the end.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::process::{Answer, PATIENCE, get};
use common::server::{Server, app, function};
use common::{Issued, Shape};
use functions_handler::functions::{Registry, Reply};
use functions_handler::host::FunctionTimeout;
use functions_handler::server::{Limits, Log};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::oneshot;

fn caller() -> Issued {
    Shape::caller("caller").valid_today().self_signed()
}

#[test]
fn a_panic_in_an_implementation_becomes_500_and_the_process_lives() {
    let caller = caller();
    let registry = Registry::new()
        .public("Panics", async |_| -> Reply { panic!("a secret") })
        .secured("Panics2", async |_, _| -> Reply { panic!("a secret") })
        .public("Works", async |_| Reply::ok(&"fine"));
    let functions = vec![
        function("Panics", "panics", &json!("none")),
        function("Panics2", "panics2", &json!("required")),
        function("Works", "works", &json!("none")),
    ];
    let server = Server::start(functions, registry, &caller);
    for path in ["/api/panics", "/api/panics2"] {
        let answer = server.exchange(&get(path, Some(&caller.header())));
        assert_eq!(answer.status, 500);
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
    }
    assert_eq!(server.exchange(&get("/api/works", None)).status, 200);
    let events: Vec<Value> = (0..5).map(|_| server.line()["event"].clone()).collect();
    assert_eq!(events, ["panic", "access", "panic", "decision", "access"]);
}

#[test]
fn a_secured_implementation_never_runs_for_a_caller_who_is_refused() {
    let caller = caller();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let count = move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Reply::ok(&"secured") }
    };
    // Behind it is a catch-all whose implementation needs no permit: no refusal falls through to it.
    let registry = Registry::new()
        .secured("Secured", count)
        .public("ZRest", async |_| Reply::ok(&"rest"));
    let functions = vec![
        function("Secured", "secured", &json!("required")),
        function("ZRest", "{*rest}", &json!("required")),
    ];
    let server = Server::start(functions, registry, &caller);
    for path in ["/api/secured", "/api/rest", "/api/rest/more"] {
        assert_eq!(server.exchange(&get(path, None)).status, 401, "{path}");
    }
    assert_eq!(runs.load(Ordering::SeqCst), 0);
    assert_eq!(
        server
            .exchange(&get("/api/secured", Some(&caller.header())))
            .body,
        b"\"secured\""
    );
    assert_eq!(
        server
            .exchange(&get("/api/rest", Some(&caller.header())))
            .body,
        b"\"rest\""
    );
    assert_eq!(runs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_role_that_is_missing_is_403() {
    let caller = caller();
    let registry = Registry::new().secured("Audit", async |_, _| Reply::ok(&"audit"));
    let server = Server::start(
        vec![function("Audit", "audit", &json!({"roles": ["auditor"]}))],
        registry,
        &caller,
    );
    let answer = server.exchange(&get("/api/audit", Some(&caller.header())));
    assert_eq!(
        (answer.status, answer.header("www-authenticate")),
        (403, None)
    );
    assert_eq!(server.line()["reason"], "role-missing");
    assert_eq!(server.exchange(&get("/api/audit", None)).status, 401);
}

#[test]
fn bodies_arrive_as_they_are_sent_and_parameters_decoded() {
    let caller = caller();
    let registry = Registry::new().public("Echo", async |mut invocation| {
        match invocation.body.read(1024 * 1024).await {
            Ok(body) => Reply::ok(&json!({
                "length": body.len(),
                "item": invocation.route_values.get("item"),
                "query": invocation.head.uri.query(),
                "method": invocation.head.method.as_str(),
            })),
            Err(error) => Reply::text(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
        }
    });
    let server = Server::start(
        vec![function("Echo", "echo/{item?}", &json!("none"))],
        registry,
        &caller,
    );
    let sized = format!(
        "POST /api/echo/a%20b?x=1&x=2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{}",
        "x".repeat(100_000)
    );
    let expected = json!({"length": 100_000, "item": "a b", "query": "x=1&x=2", "method": "POST"});
    assert_eq!(server.exchange(&sized).json(), expected);
    let chunked = "PUT /api/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n";
    assert_eq!(
        server.exchange(chunked).json(),
        json!({"length": 8, "item": null, "query": null, "method": "PUT"})
    );
    let long = format!(
        "POST /api/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\n{}",
        "x".repeat(2_000_000)
    );
    assert_eq!(server.exchange(&long).status, 413);
}

#[test]
fn requests_under_way_are_answered_before_the_end() {
    let caller = caller();
    let (begun_sender, begun) = channel();
    let (finish, finished) = oneshot::channel::<()>();
    let finished = Mutex::new(Some(finished));
    let registry = Registry::new().public("Slow", move |_| {
        let finished = finished.lock().unwrap().take().unwrap();
        begun_sender.send(()).unwrap();
        async move {
            finished.await.unwrap();
            Reply::ok(&"slow")
        }
    });
    let mut server = Server::start(
        vec![function("Slow", "slow", &json!("none"))],
        registry,
        &caller,
    );
    let mut stream = server.connect();
    stream.write_all(get("/api/slow", None).as_bytes()).unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    server.ask_to_stop();
    finish.send(()).unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().body, b"\"slow\"");
    assert!(server.stop(), "drained in time");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).is_err());
}

#[test]
fn an_implementation_that_takes_too_long_is_given_up_before_the_host_ends_the_process() {
    let caller = caller();
    let registry = Registry::new()
        .public("Never", |_| std::future::pending::<Reply>())
        .public("Works", async |_| Reply::ok(&"fine"));
    let functions = vec![
        function("Never", "never", &json!("none")),
        function("Works", "works", &json!("none")),
    ];
    let limits = Limits {
        call_time: Duration::from_millis(100),
        ..Limits::default()
    };
    let server = Server::start_within(limits, functions, registry, &caller);
    assert_eq!(server.exchange(&get("/api/never", None)).status, 504);
    assert_eq!(server.line()["event"], "function-timed-out");
    let line = server.line();
    assert_eq!(
        (&line["event"], &line["status"]),
        (&json!("access"), &json!(504))
    );
    assert_eq!(server.exchange(&get("/api/works", None)).status, 200);
}

#[test]
fn a_body_is_as_long_as_the_host_lets_through() {
    let caller = caller();
    let registry = Registry::new().public("Works", async |_| Reply::ok(&"fine"));
    let limits = Limits {
        body_bytes: 5,
        ..Limits::default()
    };
    let server = Server::start_within(
        limits,
        vec![function("Works", "works", &json!("none"))],
        registry,
        &caller,
    );
    let post = |body: &str| {
        let length = body.len();
        server
            .exchange(&format!(
                "POST /api/works HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
            ))
            .status
    };
    assert_eq!((post("12345"), post("123456")), (200, 413));
}

#[test]
fn the_time_for_a_call_ends_before_the_hosts_and_the_front_ends() {
    let seconds = |timeout| Limits::new(0, timeout).call_time.as_secs();
    assert_eq!(seconds(FunctionTimeout::PlanDefault), 230);
    assert_eq!(seconds(FunctionTimeout::Unlimited), 230);
    assert_eq!(seconds(FunctionTimeout::After(Duration::from_secs(60))), 59);
    assert_eq!(
        seconds(FunctionTimeout::After(Duration::from_secs(600))),
        230
    );
}

#[test]
fn an_implementation_that_never_ends_does_not_hold_up_the_end() {
    let caller = caller();
    let (begun_sender, begun) = channel();
    let registry = Registry::new().public("Never", move |_| {
        begun_sender.send(()).unwrap();
        std::future::pending::<Reply>()
    });
    let mut server = Server::start(
        vec![function("Never", "never", &json!("none"))],
        registry,
        &caller,
    );
    let mut stream = server.connect();
    stream
        .write_all(get("/api/never", None).as_bytes())
        .unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    assert!(
        !server.stop(),
        "the deadline has passed, and the server ended"
    );
}

#[test]
fn start_refuses_a_public_function_whose_implementation_takes_a_permit() {
    let caller = caller();
    let registry = Registry::new().secured("Audit", async |_, _| Reply::ok(&"audit"));
    let log = Log::start(io::sink()).unwrap();
    let problems = app(
        vec![function("Audit", "audit", &json!("none"))],
        registry,
        &caller,
        Limits::default(),
        log,
    )
    .err()
    .unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].at(), "Audit/function.json: clientCertificate");
}
