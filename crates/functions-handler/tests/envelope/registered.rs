//! Triggers without a caller, and a start that is refused.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use functions_handler::functions::{Outputs, Registry, Trigger, TriggerFailed};
use functions_handler::host::Function;
use functions_handler::server::{Limits, Log};
use serde_json::json;

use crate::common::process::get;
use crate::common::server::{Server, app, function};
use crate::{ID, caller, echo, post, post_chunked, queue, triggered};

#[test]
fn triggers_without_a_caller_reach_an_implementation_of_their_own() {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let work = move |trigger: Trigger| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            assert_eq!((trigger.name.as_str(), trigger.id.as_str()), ("item", ID));
            match trigger.data.as_str() {
                Some("fails") => Err(TriggerFailed("the store is closed")),
                Some("panics") => panic!("a secret"),
                Some("strays") => Ok(Outputs::none().with("other", &1)),
                _ => Ok(Outputs::none().with(
                    "message",
                    &json!([trigger.data, trigger.metadata["DequeueCount"]]),
                )),
            }
        }
    };
    let server = Server::start(
        vec![triggered("Work")],
        Registry::new().triggered("Work", work),
        &caller(),
    );
    let envelope = |data: &str| {
        format!(r#"{{"Data": {{"item": {data}}}, "Metadata": {{"DequeueCount": "1"}}}}"#)
    };
    let table = [
        (r#"{"id": 7}"#, json!({"id": 7})),
        (r#""\"text\"""#, json!("text")),
    ];
    for (data, value) in table {
        for request in [
            post(server.port, "/Work", &envelope(data)),
            post_chunked(server.port, "/Work", &envelope(data)),
        ] {
            let answer = server.exchange(&request);
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (200, Some("application/json"))
            );
            let expected =
                json!({"Outputs": {"message": [value, 1]}, "Logs": [], "ReturnValue": null});
            assert_eq!(answer.json(), expected);
            assert_eq!(server.line()["status"], 200);
        }
    }
    for (data, event) in [
        ("fails", "trigger-failed"),
        ("panics", "panic"),
        ("strays", "output-without-binding"),
    ] {
        let answer = server.exchange(&post(
            server.port,
            "/Work",
            &envelope(&format!("\"{data}\"")),
        ));
        assert_eq!(answer.status, 500, "{data}");
        assert_eq!(server.line()["event"], event);
        assert_eq!(server.line()["status"], 500);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 7);
    for request in [
        get("/Work", None),
        get("/api/Work", None),
        get("/Work", None).replacen("GET", "POST", 1),
        post(server.port, "/Work", &envelope("1")).replacen(
            "X-Azure-Functions-HostVersion",
            "X-Forwarded-For",
            1,
        ),
    ] {
        assert_eq!(server.exchange(&request).status, 404);
    }
    assert_eq!(runs.load(Ordering::SeqCst), 7, "no caller starts it");
}

#[test]
fn start_refuses_functions_and_implementations_that_do_not_fit() {
    let caller = caller();
    let problems = |functions: Vec<Function>, registry: Registry| -> String {
        let problems = app(
            functions,
            registry,
            &caller,
            Limits::default(),
            Log::start(io::sink()).unwrap(),
        )
        .err();
        let problems = problems.unwrap_or_default();
        problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect()
    };
    let run = |name| Registry::new().triggered(name, async |_| Ok(Outputs::none()));
    let messages = problems(vec![queue("A", &json!("none"))], run("A"));
    assert!(
        messages.starts_with("A/function.json: expected a trigger without a caller"),
        "{messages}"
    );
    for registry in [
        Registry::new().public("A", echo),
        Registry::new().secured("A", |_, invocation| echo(invocation)),
    ] {
        let messages = problems(vec![triggered("A")], registry);
        assert!(
            messages.starts_with("A/function.json: expected an httpTrigger"),
            "{messages}"
        );
    }
    // The policy of these tests declares a developer's machine.
    let way = function("Way", "order/{id}", &json!("required"));
    let registry = run("A").public("Way", echo);
    let messages = problems(vec![triggered("A"), way], registry);
    assert!(
        messages.starts_with("A/function.json: expected no forwarded route"),
        "{messages}"
    );
    assert_eq!(messages.lines().count(), 1);
}
