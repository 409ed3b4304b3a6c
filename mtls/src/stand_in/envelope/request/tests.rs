use functions_handler::host::{HostJson, RequestPath, Routes};

use super::*;

fn function() -> Function {
    let host = br#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}}}"#;
    let host = HostJson::parse(host, std::iter::empty()).unwrap();
    let text = br#"{"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "call", "route": "order/{id}/{more?}"},
        {"type": "http", "direction": "out", "name": "res"}]}"#;
    Function::parse("Order", text, &host).unwrap()
}

fn envelope(headers: &[(&str, &str)], body: Option<&[u8]>) -> Value {
    let mut caller = Request::put("/api/order/7?x=1&x=2&code=key");
    for (name, value) in headers {
        caller = caller.header(*name, *value);
    }
    let caller = caller.body(()).unwrap().into_parts().0;
    let routes = Routes::new(vec![function()]).unwrap();
    let path = RequestPath::parse("/api/order/7").unwrap();
    let (_, values) = routes.hosted("PUT", &path).unwrap();
    let call = Call {
        function: &function(),
        caller: &caller,
        routed: "/api/order/a b",
        values: &values,
        body,
    };
    let now = UnixTime::since_unix_epoch(std::time::Duration::ZERO);
    serde_json::from_slice(&text(&call, now)).unwrap()
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
        "https://localhost:7443/api/order/a b?x=1&x=2&code=key"
    );
    assert_eq!(request["Method"], "PUT");
    assert_eq!(request["Query"], json!({"x": "1,2", "code": "key"}));
    assert_eq!(request["Headers"]["x-twice"], json!(["1", "2"]));
    assert_eq!(request["Params"], json!({"id": "7", "more": null}));
    assert_eq!(request["Body"], std::str::from_utf8(body).unwrap());
    let metadata = &value["Metadata"];
    assert_eq!(metadata["id"], "\"7\"", "encoded twice, and the route wins");
    assert_eq!(metadata["more"], json!({"a": 1}));
    assert_eq!(metadata["x"], "\"2\"");
    assert_eq!(metadata["Query"]["x"], "2");
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
