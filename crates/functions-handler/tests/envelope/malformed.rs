//! What is no envelope, and what there is no memory for.

use functions_handler::functions::{Outputs, Registry};
use functions_handler::host::FunctionTimeout;
use functions_handler::server::Limits;
use serde_json::json;

use crate::common::server::Server;
use crate::{caller, echo, envelope, inside, post, queue, signed, start, triggered, written};

#[test]
fn what_is_no_envelope_is_a_failed_invocation_and_never_an_empty_answer() {
    let caller = caller();
    let server = start(&caller);
    let broken = [
        "",
        "null",
        "{",
        "[]",
        "{}",
        r#"{"Data": {}}"#,
        r#"{"Data": {"REQ": {}}}"#,
        r#"{"Data": {"req": null}}"#,
        r#"{"Data": {"req": {}, "req": {}}}"#,
        r#"{"Data": {"req": {"Headers": {}, "Headers": {}}}}"#,
        "\u{feff}{}",
    ];
    for text in broken {
        let answer = server.exchange(&post(server.port, "/Secured", text));
        assert_eq!(answer.status, 400, "{text}");
        assert!(answer.json().is_object());
        assert_eq!(server.line()["event"], "envelope-unreadable");
        assert_eq!(server.line()["status"], 400);
    }
    let deep = format!("{{\"Data\": {}", "[".repeat(200_000));
    assert_eq!(
        server
            .exchange(&post(server.port, "/Secured", &deep))
            .status,
        400
    );
    let long = written(
        server.port,
        "/Secured",
        // Four times what a body may have, and a megabyte.
        "Content-Length: 420478977\r\n",
        "{",
    );
    assert_eq!(server.exchange(&long).status, 413);
    let good = post(server.port, "/Secured", &envelope(&signed(&caller), None));
    assert_eq!(inside(&server.exchange(&good))["statusCode"], 202);
}

#[test]
fn what_no_memory_is_left_for_is_refused_and_the_memory_comes_back() {
    let functions = vec![queue("Open", &json!("none")), triggered("Work")];
    let registry = Registry::new()
        .public("Open", echo)
        .triggered("Work", async |_| Ok(Outputs::none()));
    // Envelopes of five mebibytes.
    let limits = Limits::new(1024 * 1024, FunctionTimeout::PlanDefault);
    let server = Server::start_within(limits, functions, registry, &caller());
    let zeros = "0,".repeat(1024 * 1024);
    let inner = format!("[{}0]", zeros);
    for (path, text) in [
        (
            "/Open",
            format!(r#"{{"Data": {{"req": {{"Query": {{"a": [{zeros}0]}}}}}}}}"#),
        ),
        (
            "/Open",
            format!(r#"{{"Data": {{"req": {{"Query": "{{\"a\": {inner}}}"}}}}}}"#),
        ),
        (
            "/Open",
            format!(r#"{{"Data": {{"blob": "{inner}", "req": {{}}}}}}"#),
        ),
        ("/Work", format!(r#"{{"Data": {{"item": {inner}}}}}"#)),
        ("/Work", format!(r#"{{"Data": {{"item": "{inner}"}}}}"#)),
        (
            "/Work",
            format!(r#"{{"Data": {{"item": 1}}, "Metadata": {{"a": "{inner}"}}}}"#),
        ),
    ] {
        let answer = server.exchange(&post(server.port, path, &text));
        assert_eq!(answer.status, 503, "{}", &text[..40]);
        assert_eq!(server.line()["event"], "envelope-unreadable");
        assert_eq!(server.line()["status"], 503);
    }
    let body = envelope(&json!({}), Some(&"x".repeat(1024 * 1024)));
    for _ in 0..3 {
        assert_eq!(
            inside(&server.exchange(&post(server.port, "/Open", &body)))["statusCode"],
            202
        );
    }
}
