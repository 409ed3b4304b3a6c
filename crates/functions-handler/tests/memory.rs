//! Memory for callers who are not admitted is bounded over all of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod common;

use std::io::Write as _;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::process::{Answer, Handler, get};
use common::server::{Server, function};
use common::{Issued, Shape};
use functions_handler::functions::{Invocation, Registry, Reply};
use serde_json::json;
use test_support::memory::kilobytes_of;
use tokio::sync::Semaphore;

/// How much a refused caller sends.
const BODY_BYTES: usize = 24 * 1024 * 1024;

/// How many of them do so at once.
const CALLERS: usize = 12;

/// How much the handler may grow by: a tenth of what is sent.
const MAX_GROWTH_KIB: u64 = 28 * 1024;

/// The most memory that the process has had, in KiB.
fn peak(handler: &Handler) -> u64 {
    kilobytes_of(&handler.id().to_string(), "VmHWM").unwrap()
}

/// The handler with one caller allowed.
fn gate() -> (Handler, Issued) {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let handler = common::fixture().start(&[
        ("CLIENT_CERT_FRONT_END", "development"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ]);
    (handler, caller)
}

/// A post as the host writes it.
fn post(port: u16, envelope: &str) -> String {
    format!(
        "POST /QueueOutput HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         X-Azure-Functions-InvocationId: 2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11\r\nContent-Length: {}\r\n\r\n{envelope}",
        envelope.len()
    )
}

#[test]
fn the_bodies_of_refused_callers_are_not_held() {
    let (handler, _) = gate();
    let stranger = Shape::caller("stranger").valid_today().self_signed();
    let headers = json!({"Host": ["localhost"], "X-ARR-ClientCert": [stranger.header()]});
    // As the host writes it: the headers before the body.
    let envelope = format!(
        r#"{{"Data": {{"req": {{"Url": "https://a/api/QueueOutput", "Method": "POST", "Headers": {headers}, "Body": "{}"}}}}, "Metadata": {{}}}}"#,
        "x".repeat(BODY_BYTES)
    );
    let post = post(handler.port, &envelope);
    let before = peak(&handler);
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            let mut stream = handler.connect();
            let post = &post;
            scope.spawn(move || {
                stream.write_all(post.as_bytes()).unwrap();
                let answer = Answer::read(&mut stream).unwrap();
                assert_eq!(answer.json()["Outputs"]["res"]["statusCode"], 401);
            });
        }
    });
    let growth = peak(&handler).saturating_sub(before);
    assert!(growth < MAX_GROWTH_KIB, "grew by {growth} KiB");
}

/// Beginnings of envelopes, each followed by as much of one thing as a body may have.
///
/// Read in full, four posts like the first took 2.3 GB and 18 s.
const FILLED: [(&str, &str); 8] = [
    (
        r#"{"Data": {"req": {"Method": "GET", "Headers": {"a": ["#,
        r#""","#,
    ),
    (
        r#"{"Data": {"req": {"Method": "GET", "Headers": {"#,
        r#""a":[],"#,
    ),
    (
        r#"{"Data": {"req": {"Method": "GET", "Headers": {"a": ["x"#,
        r"\u0041",
    ),
    (r#"{"Data": {"req": {"Method": "x"#, r"\n"),
    (r#"{"Data": {"req": {"Headers": {}, "Query": {"a": ["#, "0,"),
    (r#"{"Data": {"req": {"x"#, r"\n"),
    (r#"{"Data": {"blob": "#, "["),
    (r#"{"Data": {"#, r#""a":{},"#),
];

#[test]
fn no_beginning_of_an_envelope_takes_memory_or_time_from_others() {
    /// How much each imitator sends.
    const SENT_BYTES: usize = 90 * 1000 * 1000;
    /// How many of each kind there are at once.
    const IMITATORS: usize = 4;
    /// Some openings, and buffers of sockets.
    const MAX_GROWTH_KIB: u64 = 24 * 1024;
    for (beginning, filling) in FILLED {
        let (handler, caller) = gate();
        let good = get("/api/SecuredFunction", Some(&caller.header()));
        let sent = beginning.len() + filling.len() * (SENT_BYTES / filling.len());
        let mut text = post(handler.port, beginning);
        text = text.replace(
            &format!("Content-Length: {}", beginning.len()),
            &format!("Content-Length: {sent}"),
        );
        text.push_str(&filling.repeat((sent - beginning.len()) / filling.len()));
        let (before, began) = (peak(&handler), Instant::now());
        thread::scope(|scope| {
            let imitators: Vec<_> = (0..IMITATORS)
                .map(|_| {
                    let mut stream = handler.connect();
                    let text = &text;
                    scope.spawn(move || {
                        // The handler may answer and close before it has taken everything.
                        let _ = stream.write_all(text.as_bytes());
                        Answer::read(&mut stream).map(|answer| answer.status)
                    })
                })
                .collect();
            while !imitators.iter().all(thread::ScopedJoinHandle::is_finished) {
                let asked = Instant::now();
                assert_eq!(handler.exchange(good.as_bytes()).unwrap().status, 200);
                assert!(asked.elapsed() < Duration::from_secs(1), "{beginning}");
            }
            for imitator in imitators {
                let status = imitator.join().unwrap();
                assert!(
                    matches!(status, Some(400) | None),
                    "{beginning}: {status:?}"
                );
            }
        });
        let growth = peak(&handler).saturating_sub(before);
        assert!(growth < MAX_GROWTH_KIB, "{beginning}: grew by {growth} KiB");
        assert!(began.elapsed() < Duration::from_secs(5), "{beginning}");
    }
}

#[test]
fn unfinished_heads_are_bounded_together_and_new_connections_are_answered() {
    /// More than the handler keeps.
    const UNFINISHED: usize = 3000;
    /// As long as a head may be, nearly.
    const HEAD_BYTES: usize = 60 * 1000;
    /// The bytes that are kept, in buffers that have just grown, and the connections themselves.
    const MAX_GROWTH_KIB: u64 = 48 * 1024;
    let (handler, caller) = gate();
    let good = get("/api/SecuredFunction", Some(&caller.header()));
    let head = format!("GET / HTTP/1.1\r\nX-Slow: {}", "x".repeat(HEAD_BYTES));
    let mut kept = handler.connect();
    kept.write_all(good.as_bytes()).unwrap();
    assert_eq!(Answer::read(&mut kept).unwrap().status, 200);
    let before = peak(&handler);
    let mut streams = Vec::new();
    for number in 0..UNFINISHED {
        let mut stream = handler.connect();
        // Those that are given up are closed while they send.
        let _ = stream.write_all(head.as_bytes());
        streams.push(stream);
        if number % 300 == 0 {
            let asked = Instant::now();
            assert_eq!(handler.exchange(good.as_bytes()).unwrap().status, 200);
            assert!(asked.elapsed() < Duration::from_secs(1), "{number}");
        }
    }
    kept.write_all(good.as_bytes()).unwrap();
    assert_eq!(
        Answer::read(&mut kept).unwrap().status,
        200,
        "an idle one outlives them"
    );
    let growth = peak(&handler).saturating_sub(before);
    assert!(growth < MAX_GROWTH_KIB, "grew by {growth} KiB");
}

#[test]
fn the_heads_of_requests_under_way_take_no_room_from_others() {
    /// With heads as long as these, twice as many as unfinished ones have room for.
    const UNDER_WAY: usize = 600;
    const HEAD_BYTES: usize = 60 * 1000;
    let caller = Shape::caller("caller").valid_today().self_signed();
    let end = Arc::new(Semaphore::new(0));
    let ended = Arc::clone(&end);
    let wait = move |_: Invocation| {
        let ended = Arc::clone(&ended);
        async move {
            drop(ended.acquire().await);
            Reply::ok(&json!("ended"))
        }
    };
    let functions = vec![function("Wait", "wait", &json!("none"))];
    let server = Server::start(functions, Registry::new().public("Wait", wait), &caller);
    let long = "x".repeat(HEAD_BYTES);
    let request = format!("GET /api/wait HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}\r\n\r\n");
    let mut streams = Vec::new();
    for _ in 0..UNDER_WAY {
        let mut stream = server.connect();
        stream.write_all(request.as_bytes()).unwrap();
        streams.push(stream);
    }
    end.close();
    for (number, stream) in streams.iter_mut().enumerate() {
        let status = Answer::read(stream).map(|answer| answer.status);
        assert_eq!(status, Some(200), "{number}");
    }
}
