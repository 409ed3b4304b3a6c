use functions_handler::host::HostJson;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::*;

const JSON: &str = "application/json";

/// What a caller gets: status, type, content; nothing where the invocation fails.
type Seen = Option<(u16, String, String)>;

fn function(http: &str) -> Function {
    let host = br#"{"version": "2.0", "customHandler": {"description": {"defaultExecutablePath": "bin/handler"}}}"#;
    let host = HostJson::parse(host, std::iter::empty()).unwrap();
    let text = json!({"bindings": [
        {"type": "httpTrigger", "direction": "in", "name": "req"},
        {"type": "http", "direction": "out", "name": http},
        {"type": "queue", "direction": "out", "name": "message"},
        {"type": "blob", "direction": "out", "name": "raw", "dataType": "binary"},
    ]});
    Function::parse("F", text.to_string().as_bytes(), &host).unwrap()
}

fn answered(http: &str, status: u16, kind: &str, body: &[u8]) -> Result<Answered, NoReply> {
    let kind = (Bytes::from("Content-Type"), Bytes::from(kind.to_owned()));
    let head = Head {
        status,
        lines: vec![kind],
        ..Head::default()
    };
    read(&head, &Bytes::copy_from_slice(body), &function(http))
}

fn seen(http: &str, text: &str) -> Seen {
    let answered = answered(http, 200, JSON, text.as_bytes()).ok()?;
    let (parts, body) = answered.response.into_parts();
    let kind = parts.headers.get("content-type");
    let kind = kind.map_or("", |kind| kind.to_str().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let body = runtime.block_on(body.collect()).unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    Some((parts.status.as_u16(), kind.to_owned(), body))
}

fn some(status: u16, kind: &str, body: &str) -> Seen {
    Some((status, kind.to_owned(), body.to_owned()))
}

#[test]
fn the_http_output_is_read_as_the_host_reads_it() {
    let text = "text/plain; charset=utf-8";
    let typed =
        |kind: &str| json!({"statusCode": 200, "headers": {"Content-Type": kind}, "body": "b"});
    let table = [
        (
            json!({"statusCode": 201, "body": "x"}),
            some(201, text, "x"),
        ),
        (
            json!({"StatusCode": "404", "Body": true}),
            some(404, text, "True"),
        ),
        (
            json!({"body": {"a": [1, null]}}),
            some(200, text, "{\n  \"a\": [\n    1,\n    null\n  ]\n}"),
        ),
        (
            json!({"body": "2026-01-05T00:00:00Z"}),
            some(200, text, "01/05/2026 00:00:00"),
        ),
        (
            json!({"statusCode": "word", "body": 1.5}),
            some(200, text, "1.5"),
        ),
        (json!({"statusCode": 202.0}), some(200, text, "")),
        (
            json!({"statusCode": -1}),
            some(502, text, "The handler's status is none that HTTP has.\n"),
        ),
        (json!({"statusCode": {"a": 1}}), None),
        (
            typed("application/json"),
            some(200, "application/json; charset=utf-8", "b"),
        ),
        (
            typed("text/html; charset=latin1"),
            some(200, "text/html; charset=latin1", "b"),
        ),
        (typed("nonsense"), some(200, "nonsense; charset=utf-8", "b")),
        (typed(""), some(200, text, "b")),
        // The trap of the contract.
        (json!({"status": 401, "body": "x"}), some(200, text, "x")),
        (
            json!({"statusCode": null, "status": 401}),
            some(200, text, ""),
        ),
        (json!({}), some(200, text, "")),
        (
            json!("{\"statusCode\": 203, \"body\": \"x\"}"),
            some(203, text, "x"),
        ),
        (json!("only text"), None),
        (json!(5), None),
        (json!([1]), None),
        (Value::Null, None),
        (json!({"headers": "x: 1"}), None),
        (json!({"headers": {"x": null}}), None),
        (json!({"headers": {"x": ["1"]}}), None),
        (json!({"headers": {"x": "a\r\nb: 1"}}), None),
        (json!({"headers": {"X Bad": "1"}}), None),
        (json!({"headers": {"x": "\u{e9}"}}), None),
    ];
    for (output, expected) in table {
        let text = json!({"outputs": {"res": output}}).to_string();
        assert_eq!(seen("res", &text), expected, "{output}");
    }
}

#[test]
fn an_envelope_has_a_shape() {
    let text = "text/plain; charset=utf-8";
    let full = r#"{"Outputs":{"res":{"statusCode":201,"body":"b"}}}"#;
    let table = [
        (full.to_owned(), some(201, text, "b")),
        ("{}".to_owned(), some(204, "", "")),
        (r#"{"Outputs":null}"#.to_owned(), some(204, "", "")),
        (r#"{"Outputs":{}}"#.to_owned(), some(200, text, "{}")),
        (
            r#"{"Outputs":{"RES":{"body":"b"}}}"#.to_owned(),
            some(200, text, "{}"),
        ),
        (r#"{"Outputs":"x"}"#.to_owned(), None),
        (r#"{"Outputs":[]}"#.to_owned(), None),
        (
            format!(r#"{{"Logs":[1,null,"a"],{}"#, &full[1..]),
            some(201, text, "b"),
        ),
        (format!(r#"{{"Logs":"one",{}"#, &full[1..]), None),
        (format!(r#"{{"logs":{{}},{}"#, &full[1..]), None),
        (format!("\u{feff}{full} trailing"), some(201, text, "b")),
        (
            "{Outputs:{'res':{statusCode:201,body:'b',},},/*c*/}".to_owned(),
            some(201, text, "b"),
        ),
        ("[1]".to_owned(), None),
        ("5".to_owned(), None),
    ];
    for (envelope, expected) in table {
        assert_eq!(seen("res", &envelope), expected, "{envelope}");
    }
    let utf16: Vec<u8> = full.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xFF, 0xFE], utf16.as_slice()].concat();
    for (kind, body) in [
        ("application/json; charset=utf-16", &utf16),
        (JSON, &marked),
    ] {
        let answered = answered("res", 200, kind, body).ok().unwrap();
        assert_eq!(answered.response.status(), 201, "{kind}");
    }
    let broken = answered(
        "res",
        200,
        JSON,
        b"{\"Outputs\":{\"res\":{\"body\":\"\xff\"}}}",
    );
    assert_eq!(broken.err(), Some(NoReply::Json));
}

#[test]
fn the_return_value_is_sniffed() {
    let text = "text/plain; charset=utf-8";
    let table = [
        (
            json!({"statusCode": 401, "body": "no"}),
            some(401, text, "no"),
        ),
        (json!({"status": 401, "body": "no"}), some(401, text, "no")),
        (json!({"body": {"a": 1}}), some(200, text, "{\"a\":1}")),
        (
            json!("{\"statusCode\": 401, \"body\": \"no\"}"),
            some(401, text, "no"),
        ),
        (
            json!({"statusCode": 401}),
            some(200, text, "{\n  \"statusCode\": 401\n}"),
        ),
        (json!([1]), some(200, text, "[\n  1\n]")),
        (json!(true), some(200, text, "True")),
        (json!("plain!"), some(200, text, "plain!")),
        (json!("aGVs bG8="), some(200, "", "hello")),
        (json!("eyJib2R5IjoxfQ=="), some(200, "", "{\"body\":1}")),
        (Value::Null, some(204, "", "")),
    ];
    for (value, expected) in table {
        let text = json!({"Outputs": {}, "ReturnValue": value}).to_string();
        assert_eq!(seen("$return", &text), expected, "{value}");
    }
}

#[test]
fn other_outputs_arrive_on_their_bindings() {
    let text = json!({"Outputs": {"message": ["dGVzdA==", {"a": 1}, "", null, 5], "raw": "dGVzdA==", "stray": 1, "res": {}}});
    let answered = answered("res", 200, JSON, text.to_string().as_bytes())
        .ok()
        .unwrap();
    let puts: Vec<(&str, &str)> = answered
        .outputs
        .iter()
        .map(|put| (put.output.name.as_str(), put.text.as_str()))
        .collect();
    let expected = [
        ("message", "test"),
        ("message", "{\n  \"a\": 1\n}"),
        ("message", "5"),
        ("raw", "dGVzdA=="),
    ];
    assert_eq!(puts, expected);
}

#[test]
fn what_fails_an_invocation() {
    let table = [
        (200, JSON, "", NoReply::Nothing),
        (200, "text/plain", "", NoReply::Nothing),
        (200, JSON, "null", NoReply::Nothing),
        (200, "text/plain", "{}", NoReply::ContentType),
        (200, JSON, "{", NoReply::Json),
        (200, JSON, "[]", NoReply::Json),
        (401, JSON, "{}", NoReply::Status(401)),
        (302, JSON, "{}", NoReply::Status(302)),
        (500, JSON, "", NoReply::Status(500)),
    ];
    for (status, kind, text, reply) in table {
        let failed = answered("res", status, kind, text.as_bytes()).err();
        assert_eq!(failed, Some(reply), "{status} {kind} {text}");
    }
}
