//! The guard and the server around bodies of a test's own: panics, routes, large bodies, the end.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use common::process::{Answer, PATIENCE, get};
use common::{Issued, Shape};
use handler::Problem;
use handler::auth::{FrontEnd, Policy, Rules};
use handler::functions::{FunctionBody, Registry, Reply};
use handler::host::{Function, HostJson, Routes};
use handler::server::{App, Log, Refusals, bind, serve};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::oneshot;

const HOST_JSON: &str = r#"{"version": "2.0", "customHandler": {"enableForwardingHttpRequest": true, "description": {"defaultExecutablePath": "bin/handler"}}}"#;

/// A function with a route and a mark.
fn function(name: &str, route: &str, mark: &Value) -> Function {
    let host = HostJson::parse(HOST_JSON.as_bytes(), std::iter::empty()).unwrap();
    let text = json!({
        "clientCertificate": mark,
        "bindings": [
            {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "route": route},
            {"type": "http", "direction": "out", "name": "res"},
        ],
    });
    Function::parse(name, text.to_string().as_bytes(), &host).unwrap()
}

/// A server in this process, which ends when it is dropped.
struct Server {
    port: u16,
    lines: Receiver<Value>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<bool>>,
}

/// An output that hands every line on.
struct Lines(Sender<Value>, Vec<u8>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.extend_from_slice(bytes);
        while let Some(end) = self.1.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.1.drain(..=end).collect();
            let _ = self.0.send(serde_json::from_slice(&line).unwrap());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn app(
    functions: Vec<Function>,
    registry: Registry,
    caller: &Issued,
    log: Log,
) -> Result<App, Vec<Problem>> {
    let policy = Policy::new(Rules {
        front_end: FrontEnd::Development,
        pins: [caller.sha256().parse().unwrap()].into(),
        ..Rules::default()
    })
    .unwrap();
    let routes = Routes::new(functions).unwrap();
    App::new(
        routes,
        &[],
        registry,
        policy,
        Refusals::new(StatusCode::UNAUTHORIZED),
        log,
    )
}

impl Server {
    fn start(functions: Vec<Function>, registry: Registry, caller: &Issued) -> Self {
        let (sender, lines) = channel();
        let log = Log::start(Lines(sender, Vec::new())).unwrap();
        let app = Arc::new(app(functions, registry, caller, log).unwrap());
        let (port_sender, port) = channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async move {
                let listener = bind(0).await.unwrap();
                port_sender
                    .send(listener.local_addr().unwrap().port())
                    .unwrap();
                serve(listener, app, async { drop(stopped.await) }).await
            })
        });
        Self {
            port: port.recv_timeout(PATIENCE).unwrap(),
            lines,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn connect(&self) -> TcpStream {
        let stream =
            TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn exchange(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream).unwrap()
    }

    fn line(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// Asks the server to end; true if it drained in time.
    fn stop(&mut self) -> bool {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap()
    }
}

fn caller() -> Issued {
    Shape::caller("caller").valid_today().self_signed()
}

#[test]
fn a_panic_in_a_body_becomes_500_and_the_process_lives() {
    let caller = caller();
    let registry = Registry::from([
        (
            "Panics",
            FunctionBody::public(async |_| -> Reply { panic!("a secret") }),
        ),
        (
            "Panics2",
            FunctionBody::secured(async |_, _| -> Reply { panic!("a secret") }),
        ),
        ("Works", FunctionBody::public(async |_| Reply::ok(&"fine"))),
    ]);
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
    assert_eq!(events, ["panic", "access", "decision", "panic", "access"]);
}

#[test]
fn a_secured_body_never_runs_for_a_caller_who_is_refused() {
    let caller = caller();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let body = FunctionBody::secured(move |_, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Reply::ok(&"secured") }
    });
    // A catch-all stands behind, whose body needs no permit: no refusal falls through to it.
    let registry = Registry::from([
        ("Secured", body),
        ("ZRest", FunctionBody::public(async |_| Reply::ok(&"rest"))),
    ]);
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
    let registry = Registry::from([(
        "Audit",
        FunctionBody::secured(async |_, _| Reply::ok(&"audit")),
    )]);
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
    let registry = Registry::from([(
        "Echo",
        FunctionBody::public(async |mut invocation| {
            match invocation.body.read(1024 * 1024).await {
                Ok(body) => Reply::ok(&json!({
                    "length": body.len(),
                    "item": invocation.route_values.get("item"),
                    "query": invocation.head.uri.query(),
                    "method": invocation.head.method.as_str(),
                })),
                Err(error) => Reply::problem(StatusCode::PAYLOAD_TOO_LARGE, &error.to_string()),
            }
        }),
    )]);
    let server = Server::start(
        vec![function("Echo", "echo/{item?}", &json!("none"))],
        registry,
        &caller,
    );
    let sized = format!(
        "POST /api/echo/a%20b?x=1&x=2 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{}",
        "x".repeat(100_000)
    );
    let expected = json!({"length": 100_000, "item": "a b", "query": "x=1&x=2", "method": "POST"});
    assert_eq!(server.exchange(&sized).json(), expected);
    let chunked = "PUT /api/echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nyou\r\n0\r\n\r\n";
    assert_eq!(
        server.exchange(chunked).json(),
        json!({"length": 8, "item": null, "query": null, "method": "PUT"})
    );
    let long = format!(
        "POST /api/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n{}",
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
    let registry = Registry::from([(
        "Slow",
        FunctionBody::public(move |_| {
            let finished = finished.lock().unwrap().take().unwrap();
            begun_sender.send(()).unwrap();
            async move {
                finished.await.unwrap();
                Reply::ok(&"slow")
            }
        }),
    )]);
    let mut server = Server::start(
        vec![function("Slow", "slow", &json!("none"))],
        registry,
        &caller,
    );
    let mut stream = server.connect();
    stream.write_all(get("/api/slow", None).as_bytes()).unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    drop(server.stop.take());
    finish.send(()).unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().body, b"\"slow\"");
    assert!(server.stop(), "drained in time");
    assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).is_err());
}

#[test]
fn a_body_that_never_ends_does_not_hold_up_the_end() {
    let caller = caller();
    let (begun_sender, begun) = channel();
    let registry = Registry::from([(
        "Never",
        FunctionBody::public(move |_| {
            begun_sender.send(()).unwrap();
            std::future::pending::<Reply>()
        }),
    )]);
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
fn a_public_function_with_a_body_that_wants_a_permit_is_no_app() {
    let caller = caller();
    let registry = Registry::from([(
        "Audit",
        FunctionBody::secured(async |_, _| Reply::ok(&"audit")),
    )]);
    let log = Log::start(io::sink()).unwrap();
    let problems = app(
        vec![function("Audit", "audit", &json!("none"))],
        registry,
        &caller,
        log,
    )
    .err()
    .unwrap();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].at(), "Audit/function.json: clientCertificate");
}
