//! What implementations get and answer.

use functions_handler::functions::{Registry, Reply};
use serde_json::{Value, json};

use crate::common::process::get;
use crate::common::server::{Server, function};
use crate::{ID, caller, envelope, inside, post, post_chunked, queue, signed, start};

#[test]
fn the_same_implementations_answer_envelopes_sized_and_chunked() {
    let caller = caller();
    let server = start(&caller);
    let text = envelope(&signed(&caller), Some("order 7"));
    for (path, cache) in [("/Secured", json!("no-store")), ("/Open", Value::Null)] {
        for request in [
            post(server.port, path, &text),
            post_chunked(server.port, path, &text),
        ] {
            let answer = server.exchange(&request);
            let res = inside(&answer);
            assert_eq!(res["statusCode"], 202);
            assert_eq!(res["headers"]["content-type"], "application/json");
            assert_eq!(res["headers"]["cache-control"], cache);
            let document: Value = serde_json::from_str(res["body"].as_str().unwrap()).unwrap();
            let expected = json!({
                "method": "PUT", "uri": "/api/queue/a%20b?x=1&x=2", "item": "a b", "more": null, "twice": 2,
                "inputs": {"blob": "from elsewhere"}, "id": ID,
            });
            assert_eq!(document, expected);
            assert_eq!(answer.json()["Outputs"]["message"], "order 7");
            assert_eq!(answer.json()["ReturnValue"], Value::Null);
            let line = server.line();
            assert_eq!(
                (&line["method"], &line["invocationId"]),
                (&json!("PUT"), &json!(ID))
            );
            assert_eq!(line["traceId"], "0af7651916cd43dd8448eb211c80319c");
        }
    }
    let answer = server.exchange(&get("/api/raw", Some(&caller.header())));
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, &b"\"raw\""[..])
    );
}

#[test]
fn a_body_that_is_absent_is_empty() {
    let caller = caller();
    let server = start(&caller);
    let answer = server.exchange(&post(server.port, "/Open", &envelope(&json!({}), None)));
    assert_eq!(answer.json()["Outputs"]["message"], "");
}

#[test]
fn a_run_that_does_not_finish_is_a_failed_invocation() {
    let caller = caller();
    let registry = Registry::new()
        .public("Panics", async |_| -> Reply { panic!("a secret") })
        .public("Strays", async |_| {
            Reply::ok(&"x").with_output("Message", &"y")
        })
        .public("Raw", async |_| {
            Reply::ok(&"x").with_output("message", &"y")
        });
    let functions = vec![
        queue("Panics", &json!("none")),
        queue("Strays", &json!("none")),
        function("Raw", "raw", &json!("none")),
    ];
    let server = Server::start(functions, registry, &caller);
    let text = envelope(&json!({}), None);
    let requests = [
        (post(server.port, "/Panics", &text), "panic"),
        (
            post(server.port, "/Strays", &text),
            "output-without-binding",
        ),
        (get("/api/raw", None), "output-without-binding"),
    ];
    for (request, event) in requests {
        let answer = server.exchange(&request);
        assert_eq!(answer.status, 500, "{event}");
        assert_eq!(answer.json()["status"], 500);
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
        assert_eq!(server.line()["event"], event);
        assert_eq!(server.line()["status"], 500);
    }
}
