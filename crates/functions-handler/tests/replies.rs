//! What implementations answer and take, and how it goes over the wire.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::Shape;
use common::process::get;
use common::server::{Server, function};
use functions_handler::functions::{Invocation, Registry, Reply, ReplyBody};
use futures_util::stream;
use http::{Response, StatusCode, header};
use serde_json::json;

fn serve(registry: Registry, functions: &[&str]) -> Server {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let functions = functions
        .iter()
        .map(|name| function(name, &name.to_lowercase(), &json!("none")));
    Server::start(functions.collect(), registry, &caller)
}

#[test]
fn any_status_header_and_body_is_sent() {
    let registry = Registry::new()
        .public("Bytes", async |_| {
            let bytes = &b"\xff\0"[..];
            Reply::with_body(StatusCode::IM_A_TEAPOT, "image/x-pot", bytes).with_header("X-A", "b")
        })
        .public("Convert", async |_| {
            let response = Response::builder().status(299).header("x-a", "1");
            response.header("x-a", "2").body("converted").unwrap()
        })
        .public("Empty", async |_| StatusCode::NO_CONTENT)
        .public("Question", async |_| {
            Err::<Reply, _>(Reply::problem(StatusCode::CONFLICT, "It is taken."))
        });
    let server = serve(registry, &["Bytes", "Convert", "Empty", "Question"]);
    let bytes = server.exchange(&get("/api/bytes", None));
    assert_eq!((bytes.status, bytes.body.as_slice()), (418, &b"\xff\0"[..]));
    assert_eq!(bytes.header("content-type"), Some("image/x-pot"));
    assert_eq!(bytes.header("x-a"), Some("b"));
    let converted = server.exchange(&get("/api/convert", None));
    assert_eq!(
        (converted.status, converted.body.as_slice()),
        (299, &b"converted"[..])
    );
    assert_eq!(converted.head.matches("x-a: ").count(), 2);
    assert_eq!(server.exchange(&get("/api/empty", None)).status, 204);
    let question = server.exchange(&get("/api/question", None));
    assert_eq!(
        (question.status, question.json()["detail"].as_str()),
        (409, Some("It is taken."))
    );
}

#[test]
fn a_stream_is_sent_as_it_comes() {
    let registry = Registry::new().public("Stream", async |_| {
        let parts = ["one ", "two ", "three"].map(Ok::<_, std::io::Error>);
        Reply::with_body(
            StatusCode::OK,
            "text/plain",
            ReplyBody::stream(stream::iter(parts)),
        )
    });
    let server = serve(registry, &["Stream"]);
    let mut stream = server.connect();
    let request = get("/api/stream", None).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert!(text.contains("transfer-encoding: chunked"), "{text}");
    for part in ["4\r\none \r\n", "4\r\ntwo \r\n", "5\r\nthree\r\n", "0\r\n"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_cannot_be_sent_is_500_and_the_log_says_why() {
    let registry = Registry::new()
        .public("Header", async |_| {
            Reply::ok(&1).with_header("a", "b\r\nc: d")
        })
        .public("Status", async |_| {
            Reply::new(StatusCode::SWITCHING_PROTOCOLS)
        });
    let server = serve(registry, &["Header", "Status"]);
    for path in ["/api/header", "/api/status"] {
        assert_eq!(server.exchange(&get(path, None)).status, 500);
        assert_eq!(server.line()["event"], "reply-unusable");
        assert_eq!(server.line()["status"], 500);
    }
}

#[test]
fn state_and_queries_reach_implementations() {
    async fn count(calls: Arc<AtomicUsize>, invocation: Invocation) -> Result<Reply, Reply> {
        #[derive(serde::Deserialize)]
        struct Query {
            step: usize,
        }
        let query: Query = invocation.query()?;
        let calls = calls.fetch_add(query.step, Ordering::Relaxed) + query.step;
        Ok(Reply::ok(&json!([calls, invocation.query_pairs()])))
    }
    let registry = Registry::new()
        .with_state(AtomicUsize::new(0))
        .public("Count", count);
    let server = serve_with_state(registry);
    let answer = |path| server.exchange(&get(path, None));
    assert_eq!(
        answer("/api/count?step=2&a=b%20c").json(),
        json!([2, [["step", "2"], ["a", "b c"]]])
    );
    assert_eq!(answer("/api/count?step=3").json()[0], 5);
    for path in ["/api/count", "/api/count?step=x"] {
        let refused = answer(path);
        assert_eq!(refused.status, 400);
        assert_eq!(
            refused.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(refused.json()["invocationId"].as_str().unwrap().len(), 36);
    }
}

fn serve_with_state(registry: Registry<Arc<AtomicUsize>>) -> Server {
    let caller = Shape::caller("caller").valid_today().self_signed();
    Server::start(
        vec![function("Count", "count", &json!("none"))],
        registry,
        &caller,
    )
}

#[test]
fn an_implementation_decides_about_caches() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let registry = Registry::new()
        .secured("Kept", async |_, _| {
            Reply::ok(&1).with_header(header::CACHE_CONTROL, "private, max-age=60")
        })
        .secured("Plain", async |_, _| Reply::ok(&1));
    let functions = vec![
        function("Kept", "kept", &json!("required")),
        function("Plain", "plain", &json!("required")),
    ];
    let server = Server::start(functions, registry, &caller);
    for (path, cache) in [
        ("/api/kept", "private, max-age=60"),
        ("/api/plain", "no-store"),
    ] {
        let answer = server.exchange(&get(path, Some(&caller.header())));
        assert_eq!(answer.header("cache-control"), Some(cache));
        assert_eq!(
            server.line()["status"],
            200,
            "secured calls have their status in the log"
        );
    }
}
