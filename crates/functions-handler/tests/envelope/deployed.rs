//! The deployed handler.

use serde_json::{Value, json};

use crate::common::Shape;
use crate::{ID, gate, inside, queue_output, signed};

#[test]
fn the_worked_example_queues_what_admitted_callers_send() {
    let (handler, caller) = gate("development");
    let answer = queue_output(&handler, &signed(&caller), "order 7");
    let res = inside(&answer);
    assert_eq!(
        (&res["statusCode"], &res["body"]),
        (&json!(202), &json!(r#"{"Msg":"Queued"}"#))
    );
    assert_eq!(answer.json()["Outputs"]["message"], "order 7");
    let line = handler.decision();
    assert_eq!(
        (&line["outcome"], &line["function"]),
        (&json!("allow"), &json!("QueueOutput"))
    );
    assert_eq!(line["invocationId"], ID);

    // A text that the host would take for base64 arrives as it was sent.
    let answer = queue_output(&handler, &signed(&caller), "test");
    assert_eq!(answer.json()["Outputs"]["message"], "dGVzdA==");

    for headers in [
        json!({}),
        signed(&Shape::caller("other").valid_today().self_signed()),
    ] {
        let answer = queue_output(&handler, &headers, "order 7");
        assert_eq!(inside(&answer)["statusCode"], 401);
        assert_eq!(answer.json()["Outputs"].as_object().unwrap().len(), 1);
        assert_eq!(
            handler.line(|line| line["outcome"] == "deny")["function"],
            "QueueOutput"
        );
    }
    for (body, status) in [("", 400), (&"x".repeat(48 * 1024 + 1), 413)] {
        let answer = queue_output(&handler, &signed(&caller), body);
        assert_eq!(inside(&answer)["statusCode"], status);
        assert!(answer.json()["Outputs"]["message"].is_null());
    }
    let secured = handler.get("/api/SecuredFunction", Some(&caller.header()));
    assert_eq!(secured.status, 200, "both dialects side by side");
}

#[test]
fn app_service_is_believed_over_tls_alone_inside_an_envelope_too() {
    let (handler, caller) = gate("app-service");
    let mut headers = signed(&caller);
    for (proto, status) in [
        (json!(["https"]), 202),
        (json!(["http"]), 401),
        (json!(["https", "https"]), 401),
        (json!([]), 401),
        (Value::Null, 401),
    ] {
        headers["x-forwarded-proto"] = proto.clone();
        let answer = queue_output(&handler, &headers, "order 7");
        assert_eq!(inside(&answer)["statusCode"], status, "{proto}");
    }
}
