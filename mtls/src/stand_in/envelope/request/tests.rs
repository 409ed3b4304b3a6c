use functions_handler::host::{HostJson, RequestPath, Routes};
use serde_json::{Value, json};

use super::*;

fn function() -> Function {
    let host = br#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}}}"#;
    let host = HostJson::parse(host, std::iter::empty()).unwrap();
    let text = br#"{"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "call", "route": "order/{id}/{more?}"},
        {"type": "http", "direction": "out", "name": "res"}]}"#;
    Function::parse("Order", text, &host).unwrap()
}

fn values() -> RouteValues {
    let routes = Routes::new(vec![function()]).unwrap();
    let path = RequestPath::parse("/api/order/7").unwrap();
    let (_, values) = routes.hosted("PUT", &path).unwrap();
    values
}

fn envelope(headers: &[(&str, &str)], body: Option<&[u8]>) -> Value {
    let mut caller = Request::put("/api/order/7?x=1&x=2&code=key");
    for (name, value) in headers {
        caller = caller.header(*name, *value);
    }
    let caller = caller.body(()).unwrap().into_parts().0;
    let values = values();
    let call = Call {
        function: &function(),
        caller: &caller,
        routed: "/api/order/a b",
        values: &values,
        body,
    };
    let now = SystemTime::UNIX_EPOCH;
    serde_json::from_str(&text(&call, now)).unwrap()
}

#[test]
fn an_envelope_holds_the_request_under_the_triggers_name() {
    let headers = [
        ("Host", "localhost:7443"),
        ("X-Forwarded-Proto", "https"),
        ("X-Twice", "1"),
        ("X-Twice", "2"),
    ];
    let body = br#"{"id": 9, "more": {"a": 1}, "orderTrigger": 1}"#;
    let value = envelope(&headers, Some(body));
    let request = &value["Data"]["call"];
    assert_eq!(
        request["Url"],
        "http://localhost:7443/api/order/a%20b?x=1&x=2&code=key"
    );
    assert_eq!(request["Method"], "PUT");
    assert_eq!(request["Query"], json!({"x": "1,2", "code": "key"}));
    assert_eq!(request["Headers"]["x-twice"], json!(["1", "2"]));
    assert_eq!(request["Headers"]["Host"], json!(["localhost:7443"]));
    assert_eq!(request["Identities"][0]["IsAuthenticated"], false);
    assert_eq!(request["Params"], json!({"id": "7", "more": null}));
    assert_eq!(request["Body"], std::str::from_utf8(body).unwrap());
    let metadata = &value["Metadata"];
    assert_eq!(metadata["id"], "\"7\"", "encoded twice, and the route wins");
    assert_eq!(metadata["more"], json!({"a": 1}));
    assert_eq!(metadata["x"], "\"2\"");
    assert_eq!(metadata["Query"]["x"], "2");
    assert_eq!(metadata["Headers"]["x-twice"], "1,2");
    assert_eq!(metadata["sys"]["UtcNow"], "1970-01-01T00:00:00Z");
    assert!(metadata["code"].is_null() && metadata["orderTrigger"].is_null());
}

#[test]
fn a_body_is_absent_text_or_base64() {
    let body = |kind: &str, body| {
        envelope(&[("Content-Type", kind)], body)["Data"]["call"]["Body"].clone()
    };
    assert_eq!(body("text/plain", None), Value::Null);
    assert_eq!(body("text/plain", Some(&b""[..])), Value::Null);
    assert_eq!(body("text/plain", Some(&b"AAEC"[..])), "AAEC");
    assert_eq!(body("application/octet-stream", Some(&[0, 1, 2])), "AAEC");
    assert_eq!(
        body("multipart/form-data; boundary=x", Some(&[0, 1, 2])),
        "AAEC"
    );
}

#[test]
fn the_head_is_the_hosts_alone() {
    let invocation = Invocation::new(4000);
    for (length, name, value) in [
        (Some(3), "content-length", "3"),
        (None, "transfer-encoding", "chunked"),
    ] {
        let head = head(&function(), length, &invocation).unwrap();
        assert_eq!((head.method.as_str(), head.uri.path()), ("POST", "/Order"));
        assert_eq!(head.headers["host"], "127.0.0.1:4000");
        assert_eq!(head.headers[name], value);
        assert_eq!(head.headers.len(), 7);
    }
}

#[test]
fn a_body_without_a_length_says_that_it_is_chunked() {
    let value = envelope(&[("Content-Type", "text/plain")], None);
    let headers = &value["Data"]["call"]["Headers"];
    assert_eq!(headers["Transfer-Encoding"], json!(["chunked"]));
    assert_eq!(headers["Content-Type"], json!(["text/plain"]));
    assert_eq!(value["Metadata"]["Headers"]["Transfer-Encoding"], "chunked");
    let sized = envelope(&[("Content-Length", "0004")], Some(b"text"));
    assert_eq!(
        sized["Data"]["call"]["Headers"]["Content-Length"],
        json!(["4"])
    );
    assert!(sized["Data"]["call"]["Headers"]["Transfer-Encoding"].is_null());
}

#[test]
fn a_callers_members_are_metadata() {
    let body = br#"{"a": {"b": [1, 2]}, "n": null, "five": 5, "t": true, "f": 12345678901234567890.5,
        "d": "2026-01-05T00:00:00Z", "s": "text", "query": "q", "SYS": "s", "x": "lost", "twice": 1, "twice": 2}"#;
    let metadata = &envelope(&[], Some(body))["Metadata"];
    for (name, expected) in [
        ("a", json!({"b": [1, 2]})),
        ("n", Value::Null),
        ("five", json!("\"5\"")),
        ("t", json!("\"True\"")),
        ("f", json!("\"1.2345678901234567E+19\"")),
        ("d", json!("\"01/05/2026 00:00:00\"")),
        ("s", json!("\"text\"")),
        ("query", json!("\"q\"")),
        ("Query", Value::Null),
        ("SYS", json!("\"s\"")),
        ("sys", Value::Null),
        ("x", json!("\"2\"")),
        ("twice", json!("\"2\"")),
    ] {
        assert_eq!(metadata[name], expected, "{name}");
    }
    assert_eq!(metadata["$sys"]["MethodName"], "Order");
    assert!(metadata["Headers"].is_object());
}

#[test]
fn headers_are_in_kestrels_order() {
    let sent = [
        ("x-b", "1"),
        ("etag", "x"),
        ("content-length", "1"),
        ("via", "1"),
        ("host", "a"),
        ("accept", "*/*"),
        ("x-a", "1"),
    ];
    let mut caller = Request::put("/");
    for (name, value) in sent {
        caller = caller.header(name, value);
    }
    let caller = caller.body(()).unwrap().into_parts().0;
    let values = values();
    let call = Call {
        function: &function(),
        caller: &caller,
        routed: "/",
        values: &values,
        body: Some(b"1"),
    };
    let names: Vec<String> = headers(&call).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "Accept",
            "Host",
            "Via",
            "Content-Length",
            "x-b",
            "ETag",
            "x-a"
        ]
    );
}
