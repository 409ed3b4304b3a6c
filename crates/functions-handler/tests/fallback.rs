//! Functions without an implementation: what their fallback gets, and how its answer goes back.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
use common::process::{Answer, PATIENCE, get};
use common::server::{Server, app, declared, function};
use common::{Issued, Shape};
use functions_handler::functions::{Delivery, FallbackCall, Registry, Reply};
use functions_handler::host::{Function, HostJson};
use functions_handler::server::{Limits, Log};
use futures_util::stream;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Body, Frame};
use serde_json::{Value, json};

const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

/// What reached the fallback.
#[derive(Debug)]
struct Seen {
    function: String,
    delivery: Delivery,
    method: String,
    target: String,
    headers: HeaderMap,
    caller: Option<(String, Vec<u8>)>,
    length: Option<u64>,
}

impl Seen {
    fn of(call: &FallbackCall) -> Self {
        let caller = call.caller.as_ref().map(|caller| {
            let subject = caller.permit.principal().subject().to_owned();
            (subject, caller.certificate.der())
        });
        Self {
            function: call.function.to_string(),
            delivery: call.delivery.clone(),
            method: call.head.method.to_string(),
            target: call.head.uri.to_string(),
            headers: call.head.headers.clone(),
            caller,
            length: call.body.size_hint().exact(),
        }
    }

    fn header(&self, name: &str) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }
}

/// A registry whose fallback answers with the body that it gets, as it comes, and notes what reached it.
fn echo() -> (Registry, Receiver<Seen>) {
    let (sender, seen) = channel();
    let registry = Registry::new().fallback(move |call: FallbackCall| {
        let sender: Sender<Seen> = sender.clone();
        async move {
            sender.send(Seen::of(&call)).unwrap();
            let body = match call.delivery {
                Delivery::Request => call.body.boxed_unsync(),
                // With a length, for the reader below.
                Delivery::Envelope { .. } | Delivery::Trigger { .. } => {
                    let whole = Full::new(call.body.collect().await.unwrap().to_bytes());
                    whole.map_err(|never| match never {}).boxed_unsync()
                }
            };
            let mut response = Response::new(body);
            let headers = response.headers_mut();
            headers.insert("content-type", "application/json".parse().unwrap());
            headers.insert("trailer", "x-sum".parse().unwrap());
            headers.append("x-a", "1".parse().unwrap());
            headers.append("x-a", "2".parse().unwrap());
            response
        }
    });
    (registry, seen)
}

fn caller() -> Issued {
    Shape::caller("caller").valid_today().self_signed()
}

fn seen(receiver: &Receiver<Seen>) -> Seen {
    receiver.recv_timeout(PATIENCE).unwrap()
}

fn both() -> Vec<Function> {
    vec![
        function("Open", "open/{*rest}", &json!("none")),
        function("Guarded", "guarded/{*rest}", &json!("required")),
    ]
}

/// Reads until the text ends so.
fn read_until(stream: &mut TcpStream, end: &str) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(end.as_bytes()) {
        match stream.read(&mut byte) {
            Ok(1) => text.push(byte[0]),
            other => panic!("{other:?} after {:?}", String::from_utf8_lossy(&text)),
        }
    }
    String::from_utf8(text).unwrap()
}

#[test]
fn the_request_arrives_as_it_came_with_the_caller_who_is_admitted() {
    let caller = caller();
    let (registry, receiver) = echo();
    let server = Server::start(both(), registry, &caller);
    let certificate = caller.header();
    for (path, function) in [("open", "Open"), ("guarded", "Guarded")] {
        let target = format!("/api/{path}/a%20b;c=1,'x'/caf%C3%A9/%2541?x=1&x=2&y=%2F+a&z");
        let request = format!(
            "PATCH {target} HTTP/1.1\r\nHost: app.example:8080\r\nX-Forwarded-Host: localhost\r\nX-ARR-ClientCert: {certificate}\r\n\
             X-Twice: 1\r\nx-twice: 2\r\nConnection: X-Named\r\nX-Named: a\r\nClient-Cert: :forged:\r\nX-Client-Cert-Front-End: guess\r\nContent-Length: 4\r\n\
             X-Azure-Functions-InvocationId: {ID}\r\n\r\nbody"
        );
        // The host's name counts where somebody has to be admitted.
        let request = request.replace("Host: app.example:8080", "Host: localhost");
        let answer = server.exchange(&request);
        assert_eq!((answer.status, answer.body.as_slice()), (200, &b"body"[..]));
        assert_eq!(answer.head.matches("x-a: ").count(), 2, "{}", answer.head);
        let seen = seen(&receiver);
        assert_eq!(
            (seen.function.as_str(), &seen.delivery),
            (function, &Delivery::Request)
        );
        assert_eq!(
            (seen.method.as_str(), seen.target.as_str()),
            ("PATCH", target.as_str())
        );
        assert_eq!(seen.header("x-twice"), ["1", "2"]);
        assert_eq!(seen.header("connection"), ["X-Named"]);
        assert_eq!(seen.header("client-cert"), [":forged:"]);
        assert_eq!(seen.header("x-arr-clientcert"), [certificate.as_str()]);
        assert_eq!(seen.headers.len(), 10);
        assert_eq!(seen.length, Some(4));
        let admitted = (function == "Guarded").then(|| ("CN=caller".to_owned(), caller.der()));
        assert_eq!(seen.caller, admitted);
        let line = server.line();
        assert_eq!(
            (&line["function"], &line["status"]),
            (&json!(function), &json!(200))
        );
        assert_eq!(line["invocationId"], ID);
    }
}

#[test]
fn whoever_is_refused_does_not_get_there_and_nothing_is_read_of_their_body() {
    let caller = caller();
    let (sender, receiver) = channel();
    let registry = Registry::new().fallback(move |call: FallbackCall| {
        let sender: Sender<Seen> = sender.clone();
        async move {
            sender.send(Seen::of(&call)).unwrap();
            Response::new(Full::new(call.body.collect().await.unwrap().to_bytes()))
        }
    });
    let server = Server::start(both(), registry, &caller);
    let mut stream = server.connect();
    let head = "POST /api/guarded/x HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 5\r\n";
    write!(stream, "{head}\r\n").unwrap();
    let refused = read_until(&mut stream, "\r\n\r\n");
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert_eq!(server.line()["function"], "Guarded");
    // An admitted caller is asked for the body once somebody wants it.
    let mut stream = server.connect();
    write!(
        stream,
        "{head}X-ARR-ClientCert: {}\r\n\r\n",
        caller.header()
    )
    .unwrap();
    assert!(read_until(&mut stream, "\r\n\r\n").starts_with("HTTP/1.1 100 "));
    stream.write_all(b"12345").unwrap();
    assert!(read_until(&mut stream, "12345").contains("200 OK"));
    assert_eq!(seen(&receiver).function, "Guarded");
    assert!(receiver.try_recv().is_err(), "one call, and no other");
}

#[test]
fn bodies_and_trailers_stream_both_ways() {
    let caller = caller();
    let (registry, receiver) = echo();
    let server = Server::start(both(), registry, &caller);
    let mut stream = server.connect();
    write!(
        stream,
        "POST /api/guarded/x HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {}\r\nTE: trailers\r\n\
         Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n",
        caller.header()
    )
    .unwrap();
    let head = read_until(&mut stream, "\r\n\r\n");
    assert!(
        head.contains("transfer-encoding: chunked"),
        "the head comes before any body: {head}"
    );
    for part in ["one", "two", "three"] {
        write!(stream, "{:x}\r\n{part}\r\n", part.len()).unwrap();
        let echoed = read_until(&mut stream, &format!("{part}\r\n"));
        assert_eq!(echoed, format!("{:X}\r\n{part}\r\n", part.len()));
    }
    stream.write_all(b"0\r\nX-Sum: 11\r\n\r\n").unwrap();
    assert_eq!(
        read_until(&mut stream, "\r\n\r\n"),
        "0\r\nx-sum: 11\r\n\r\n"
    );
    assert_eq!(seen(&receiver).length, None);
    // The connection goes on.
    stream
        .write_all(get("/api/open/x", None).as_bytes())
        .unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().status, 200);
}

#[test]
fn a_body_is_bounded_by_the_host_alone() {
    let caller = caller();
    let (registry, _receiver) = echo();
    let limits = Limits {
        body_bytes: 10,
        ..Limits::default()
    };
    let server = Server::start_within(limits, both(), registry, &caller);
    let body = "x".repeat(300_000);
    let request = |path: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {}\r\nContent-Length: {}\r\n\r\n{body}",
            caller.header(),
            body.len()
        )
    };
    for path in ["/api/open/x", "/api/guarded/x"] {
        let answer = server.exchange(&request(path));
        assert_eq!(
            (answer.status, answer.body.len()),
            (200, body.len()),
            "{path}"
        );
    }
}

/// A function that the host delivers by envelope.
fn enveloped(name: &str, mark: &Value) -> Function {
    declared(
        name,
        &json!({
            "clientCertificate": mark,
            "bindings": [
                {"type": "httpTrigger", "direction": "in", "name": "req", "route": name},
                {"type": "http", "direction": "out", "name": "res"},
                {"type": "queue", "direction": "out", "name": "message"},
            ],
        }),
    )
}

/// A post as the host writes it.
fn post(server: &Server, name: &str, envelope: &str) -> Answer {
    server.exchange(&format!(
        "POST /{name} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json; charset=utf-8\r\n\
         X-Azure-Functions-InvocationId: {ID}\r\nContent-Length: {}\r\n\r\n{envelope}",
        server.port,
        envelope.len()
    ))
}

#[test]
fn an_envelope_is_decided_by_what_is_inside_and_handed_on_whole() {
    let caller = caller();
    let (registry, receiver) = echo();
    let functions = vec![
        enveloped("Guarded", &json!("required")),
        enveloped("Open", &json!("none")),
        declared(
            "Timer",
            &json!({"bindings": [{"type": "timerTrigger", "name": "tick"}]}),
        ),
    ];
    let server = Server::start(functions, registry, &caller);
    // Longer than what the decision needs, and spelt in ways that a reader would not write again.
    let with = |certificate: &str| {
        format!(
            r#"{{ "Data":{{"req":{{"Url":"https://localhost/api/x","Method":"PUT","Headers":{{"Host":["localhost"],"X-ARR-ClientCert":["{certificate}"]}},"Body":"\u0061{}"}}}},"Metadata":{{}} }}"#,
            "b".repeat(200_000)
        )
    };
    let good = with(&caller.header());
    let admitted = post(&server, "Guarded", &good);
    assert_eq!(
        (admitted.status, admitted.body == good.as_bytes()),
        (200, true)
    );
    assert_eq!(
        admitted.header("cache-control"),
        None,
        "the caller's answer is inside"
    );
    let binding = || "req".to_owned();
    let seen_of = |name: &str, delivery: Delivery, is_admitted: bool| {
        let seen = seen(&receiver);
        assert_eq!((seen.function.as_str(), seen.delivery), (name, delivery));
        assert_eq!(
            seen.caller,
            is_admitted.then(|| ("CN=caller".to_owned(), caller.der()))
        );
        assert_eq!(server.line()["function"], name);
    };
    seen_of("Guarded", Delivery::Envelope { binding: binding() }, true);
    let stranger = Shape::caller("stranger").valid_today().self_signed();
    let refused = post(&server, "Guarded", &with(&stranger.header()));
    assert_eq!(
        (
            refused.status,
            refused.json()["Outputs"]["res"]["statusCode"].clone()
        ),
        (200, json!(401))
    );
    assert_eq!(server.line()["status"], 401);
    assert_eq!(post(&server, "Guarded", "{}").status, 400);
    assert_eq!(server.line()["event"], "envelope-unreadable");
    assert_eq!(server.line()["status"], 400);
    let open = post(&server, "Open", &with("nonsense"));
    assert_eq!(
        (open.status, open.body == with("nonsense").as_bytes()),
        (200, true)
    );
    seen_of("Open", Delivery::Envelope { binding: binding() }, false);
    let tick = r#"{"Data": {"tick": {}}, "Metadata": {}}"#;
    assert_eq!(post(&server, "Timer", tick).body, tick.as_bytes());
    seen_of(
        "Timer",
        Delivery::Trigger {
            binding: "tick".to_owned(),
        },
        false,
    );
    assert!(receiver.try_recv().is_err());
}

#[test]
fn what_is_implemented_here_stays_here() {
    let caller = caller();
    let (registry, receiver) = echo();
    let registry = registry.public("Open", async |_| Reply::ok(&"ours"));
    let server = Server::start(both(), registry, &caller);
    assert_eq!(server.exchange(&get("/api/open/x", None)).json(), "ours");
    server.exchange(&get("/api/guarded/x", Some(&caller.header())));
    assert_eq!(seen(&receiver).function, "Guarded");
    assert!(receiver.try_recv().is_err());
}

#[test]
fn start_refuses_functions_that_nobody_answers_and_two_who_would() {
    let refused = |registry: Registry| {
        let (caller, log) = (caller(), Log::start(std::io::sink()).unwrap());
        let problems = app(both(), registry, &caller, Limits::default(), log)
            .err()
            .unwrap();
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        problems.join("\n")
    };
    let nobody = refused(Registry::new());
    assert!(
        nobody.contains("Open/function.json: expected an implementation"),
        "{nobody}"
    );
    let two = echo()
        .0
        .fallback(async |_| Response::new(Full::new(Bytes::new())));
    assert_eq!(
        refused(two),
        "the registry: expected one fallback, found several; remove all but one"
    );
    let stray = refused(echo().0.public("Stray", async |_| Reply::ok(&1)));
    assert!(
        stray.starts_with("Stray/function.json: expected a folder"),
        "{stray}"
    );
}

/// Frames of a body.
fn streamed<E>(
    frames: impl IntoIterator<Item = Result<Frame<Bytes>, E>, IntoIter: Send> + 'static,
) -> Response<http_body_util::combinators::UnsyncBoxBody<Bytes, E>>
where
    E: Send + 'static,
{
    Response::new(StreamBody::new(stream::iter(frames)).boxed_unsync())
}

#[test]
fn an_answer_that_cannot_be_sent_is_500_and_one_that_breaks_off_ends_the_connection() {
    let registry = Registry::new().fallback(async |call: FallbackCall| {
        let part = || Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(b"part")));
        let path = call.head.uri.path();
        assert!(!path.ends_with("panic"), "a panic of the fallback");
        if path.ends_with("switch") {
            let mut response = streamed([part()]);
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            return response;
        }
        if path.ends_with("late-panic") {
            let frames = [0, 1].into_iter().map(move |index| {
                assert!(index == 0, "a panic in the body");
                part()
            });
            return streamed(frames.collect::<Vec<_>>());
        }
        let mut response = streamed([part(), Err(std::io::Error::other("torn"))]);
        let headers = response.headers_mut();
        headers.insert("connection", "x-a, close".parse().unwrap());
        headers.insert("transfer-encoding", "gzip".parse().unwrap());
        response
    });
    let server = Server::start(both(), registry, &caller());
    for (path, event) in [
        ("/api/open/panic", "panic"),
        ("/api/open/switch", "reply-unusable"),
        ("/api/open/late-panic", "panic"),
    ] {
        assert_eq!(server.exchange(&get(path, None)).status, 500, "{path}");
        assert_eq!(server.line()["event"], event);
        assert_eq!(server.line()["status"], 500);
    }
    let mut stream = server.connect();
    stream
        .write_all(get("/api/open/torn", None).as_bytes())
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(
        text.starts_with("HTTP/1.1 200 OK") && text.ends_with("4\r\npart\r\n"),
        "{text}"
    );
    assert!(!text.contains("gzip") && !text.contains("x-a"), "{text}");
    assert_eq!(server.line()["status"], 200);
    let line = server.line();
    assert_eq!(
        (&line["event"], &line["detail"]),
        (&json!("reply-broke-off"), &json!("torn"))
    );
}

#[test]
fn an_answer_to_head_keeps_its_length_and_one_for_admitted_callers_is_not_stored() {
    let caller = caller();
    let registry = Registry::new().fallback(async |call: FallbackCall| {
        let mut response = Response::new(Full::new(Bytes::new()));
        let headers = response.headers_mut();
        headers.insert("content-length", "12345".parse().unwrap());
        if call.head.uri.path().ends_with("kept") {
            headers.insert("cache-control", "max-age=60".parse().unwrap());
        }
        response
    });
    let server = Server::start(both(), registry, &caller);
    let head = |path: &str| {
        let mut stream = server.connect();
        let request = get(path, Some(&caller.header())).replacen("GET", "HEAD", 1);
        stream.write_all(request.as_bytes()).unwrap();
        let head = read_until(&mut stream, "\r\n\r\n");
        assert!(head.contains("content-length: 12345"), "{head}");
        let line = head.lines().find(|line| line.starts_with("cache-control"));
        line.map(ToOwned::to_owned)
    };
    assert_eq!(
        head("/api/guarded/x").as_deref(),
        Some("cache-control: no-store")
    );
    assert_eq!(
        head("/api/guarded/kept").as_deref(),
        Some("cache-control: max-age=60")
    );
    assert_eq!(head("/api/open/x"), None);
}

#[test]
fn a_connection_goes_on_after_an_answer_that_was_passed_back_and_ends_after_a_refusal() {
    let registry = Registry::new().fallback(async |_: FallbackCall| {
        let mut response = Response::new(Full::new(Bytes::from_static(b"no")));
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    });
    let server = Server::start(both(), registry, &caller());
    let post = |path: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody")
    };
    let mut stream = server.connect();
    for _ in 0..3 {
        stream.write_all(post("/api/open/x").as_bytes()).unwrap();
        let answer = Answer::read(&mut stream).unwrap();
        assert_eq!((answer.status, answer.header("connection")), (422, None));
    }
    stream.write_all(post("/api/guarded/x").as_bytes()).unwrap();
    let refused = Answer::read(&mut stream).unwrap();
    assert_eq!(
        (refused.status, refused.header("connection")),
        (401, Some("close"))
    );
}

#[test]
fn only_the_hosts_time_limits_an_answer() {
    const SHORT: Duration = Duration::from_millis(300);
    let caller = caller();
    let registry = || {
        Registry::new().fallback(async |call: FallbackCall| {
            if call.head.uri.path().ends_with("late") {
                tokio::time::sleep(2 * SHORT).await;
            }
            let first = stream::iter([Ok::<_, Infallible>(Frame::data(Bytes::from_static(
                b"part",
            )))]);
            Response::new(StreamBody::new(futures_util::StreamExt::chain(
                first,
                stream::pending(),
            )))
        })
    };
    let limits = |trigger_time| Limits {
        call_time: SHORT / 10,
        trigger_time,
        ..Limits::default()
    };
    let server = Server::start_within(limits(None), both(), registry(), &caller);
    let mut stream = server.connect();
    stream
        .write_all(get("/api/open/late", None).as_bytes())
        .unwrap();
    read_until(&mut stream, "4\r\npart\r\n");
    let server = Server::start_within(limits(Some(SHORT)), both(), registry(), &caller);
    assert_eq!(server.exchange(&get("/api/open/late", None)).status, 504);
    let mut stream = server.connect();
    stream
        .write_all(get("/api/open/x", None).as_bytes())
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.ends_with("4\r\npart\r\n"), "{text}");
    let lines = [server.line(), server.line(), server.line(), server.line()];
    assert_eq!(lines[0]["event"], "function-timed-out");
    assert_eq!(lines[3]["event"], "reply-broke-off");
}

/// Says when it is dropped.
struct Ends(Sender<&'static str>, &'static str);

impl Drop for Ends {
    fn drop(&mut self) {
        let _ = self.0.send(self.1);
    }
}

#[test]
fn a_caller_that_leaves_ends_the_call_and_one_that_has_said_all_is_answered() {
    let (sender, ended) = channel();
    let (begun_sender, begun) = channel();
    let registry = Registry::new().fallback(move |call: FallbackCall| {
        let (sender, begun) = (sender.clone(), begun_sender.clone());
        async move {
            let path = call.head.uri.path();
            if path.ends_with("silent") {
                let _ends = Ends(sender.clone(), "call");
                begun.send(()).unwrap();
                std::future::pending::<()>().await;
            }
            if path.ends_with("soon") {
                begun.send(()).unwrap();
                // Longer than any time after which a caller could be taken for one that has left.
                tokio::time::sleep(Duration::from_secs(3)).await;
                return streamed([Ok::<_, Infallible>(Frame::data(Bytes::from_static(
                    b"soon",
                )))]);
            }
            let ends = Ends(sender, "stream");
            begun.send(()).unwrap();
            let frames = stream::once(async move {
                let _ends = ends;
                std::future::pending::<Result<Frame<Bytes>, Infallible>>().await
            });
            Response::new(StreamBody::new(frames).boxed_unsync())
        }
    });
    let server = Server::start(both(), registry, &caller());
    for (path, what) in [("/api/open/silent", "call"), ("/api/open/stream", "stream")] {
        let mut stream = server.connect();
        stream.write_all(get(path, None).as_bytes()).unwrap();
        begun.recv_timeout(PATIENCE).unwrap();
        drop(stream);
        let since = Instant::now();
        assert_eq!(ended.recv_timeout(PATIENCE).unwrap(), what);
        // Without a status, where none was sent.
        let line = server.line();
        let expected = if what == "call" {
            Value::Null
        } else {
            json!(200)
        };
        assert_eq!(
            (&line["function"], &line["status"]),
            (&json!("Open"), &expected)
        );
        assert!(
            since.elapsed() < Duration::from_secs(2),
            "{path}: {:?}",
            since.elapsed()
        );
    }
    let mut stream = server.connect();
    stream
        .write_all(get("/api/open/soon", None).as_bytes())
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    read_until(&mut stream, "soon");
    // A stream that is silent for as long, too.
    let mut stream = server.connect();
    stream
        .write_all(get("/api/open/stream", None).as_bytes())
        .unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    begun.recv_timeout(PATIENCE).unwrap();
    assert!(ended.recv_timeout(Duration::from_secs(3)).is_err());
    drop(stream);
    assert_eq!(ended.recv_timeout(PATIENCE).unwrap(), "stream");
}

#[test]
fn a_path_with_two_meanings_is_handed_on_where_all_bear_the_same_marker() {
    const HOSTILE: [&str; 10] = [
        "/a//b",
        "//a",
        "/a/",
        "/a//",
        "/a/%2e%2e/b",
        "/a/..%5Cb",
        "/a%2Fb",
        "/a%2fb",
        "/a/%FF%zz%",
        "/a/.well-known/%2E",
    ];
    let host = |entries: &str| {
        let text = format!(
            r#"{{"version": "2.0", "configurationProfile": "mcp-custom-handler", "customHandler": {{
                "description": {{"defaultExecutablePath": "bin/gate"}},
                "http": {{"defaultAuthorizationLevel": "anonymous", "routes": [{entries}]}}}}}}"#
        );
        HostJson::parse(text.as_bytes(), std::iter::empty())
            .unwrap()
            .route_functions()
    };
    let caller = caller();
    let (registry, receiver) = echo();
    let server = Server::start(host(r#"{}, {"route": "x"}"#), registry, &caller);
    for path in HOSTILE {
        let target = format!("{path}?q=%2E%2e");
        assert_eq!(server.exchange(&get(&target, None)).status, 401, "{path}");
        let answer = server.exchange(&get(&target, Some(&caller.header())));
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(seen(&receiver).target, target);
    }
    // An implementation of our own sees none.
    let (registry, receiver) = echo();
    let registry = registry.secured("http-handler1", async |_, _| Reply::ok(&"ours"));
    let server = Server::start(
        host(r#"{"route": "a/{*rest}"}, {"route": "b"}"#),
        registry,
        &caller,
    );
    assert_eq!(
        server
            .exchange(&get("/a//b", Some(&caller.header())))
            .status,
        404
    );
    assert_eq!(
        server.exchange(&get("/a/b", Some(&caller.header()))).json(),
        "ours"
    );
    for entries in [
        r#"{"route": "health", "clientCertificate": "none"}, {"route": "{*route}"}"#,
        r#"{"route": "x", "clientCertificate": {"roles": ["x"]}}, {"route": "{*route}"}"#,
    ] {
        let server = Server::start(host(entries), echo().0, &caller);
        for path in HOSTILE.iter().filter(|path| **path != "/a/") {
            let answer = server.exchange(&get(path, Some(&caller.header())));
            assert_eq!(answer.status, 404, "{path}");
        }
    }
    assert!(receiver.try_recv().is_err());
}

#[test]
fn a_preflight_about_a_secured_function_is_answered_here() {
    let (registry, receiver) = echo();
    let text = json!({"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "route": "x", "methods": ["get"]},
        {"type": "http", "direction": "out", "name": "res"},
    ]});
    let server = Server::start(vec![declared("Guarded", &text)], registry, &caller());
    let preflight = "OPTIONS /api/x HTTP/1.1\r\nHost: localhost\r\nOrigin: https://page.example\r\n\
        Access-Control-Request-Method: GET\r\n\r\n";
    assert_eq!(server.exchange(preflight).status, 401);
    assert_eq!(server.line()["reason"], "cross-site");
    assert!(receiver.try_recv().is_err());
}
