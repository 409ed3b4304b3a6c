use functions_handler::host::HostJson;
use serde_json::json;

use super::*;

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

fn answered(status: u16, kind: &str, text: &str) -> Result<Answered, NoReply> {
    let response = Response::builder()
        .status(status)
        .header("Content-Type", kind);
    read(
        &response.body(Bytes::from(text.to_owned())).unwrap(),
        &function("res"),
    )
}

fn http(output: &Value) -> (u16, String, String) {
    let text = json!({"outputs": {"RES": output}}).to_string();
    seen(&answered(200, "application/json", &text).unwrap())
}

fn seen(answered: &Answered) -> (u16, String, String) {
    let response = &answered.response;
    let kind = response
        .headers()
        .get("content-type")
        .map_or("", |kind| kind.to_str().unwrap());
    let body = String::from_utf8(response.body().to_vec()).unwrap();
    (response.status().as_u16(), kind.to_owned(), body)
}

#[test]
fn the_http_output_is_read_as_the_host_reads_it() {
    let text = "text/plain; charset=utf-8";
    let json_type = json!({"Content-Type": "application/json"});
    let table = [
        (json!({"statusCode": 201, "body": "x"}), (201, text, "x")),
        (
            json!({"StatusCode": "404", "Body": {"a": 1}}),
            (404, text, "{\"a\":1}"),
        ),
        (
            json!({"statusCode": 200, "headers": json_type, "body": "{}"}),
            (200, "application/json", "{}"),
        ),
        // The trap of the contract.
        (json!({"status": 401, "body": "x"}), (200, text, "x")),
        (json!({"statusCode": null, "status": 401}), (200, text, "")),
        (json!({}), (200, text, "")),
    ];
    for (output, (status, kind, body)) in table {
        assert_eq!(
            http(&output),
            (status, kind.to_owned(), body.to_owned()),
            "{output}"
        );
    }
}

#[test]
fn the_return_value_is_sniffed() {
    let seen = |value: Value| {
        let response = Response::builder().header("Content-Type", "text/json");
        let text = json!({"ReturnValue": value}).to_string();
        let response = response.body(Bytes::from(text)).unwrap();
        let (status, _, body) = seen(&read(&response, &function("$return")).unwrap());
        (status, body)
    };
    let table = [
        (json!({"statusCode": 401, "body": "no"}), (401, "no")),
        (json!({"status": 401, "body": "no"}), (401, "no")),
        (
            json!("{\"statusCode\": 401, \"body\": \"no\"}"),
            (401, "no"),
        ),
        (json!({"statusCode": 401}), (200, "{\"statusCode\":401}")),
        (json!("plain"), (200, "plain")),
    ];
    for (value, (status, body)) in table {
        assert_eq!(seen(value.clone()), (status, body.to_owned()), "{value}");
    }
}

#[test]
fn other_outputs_arrive_on_their_bindings() {
    let text =
        json!({"Outputs": {"Message": "dGVzdA==", "raw": "dGVzdA==", "stray": 1, "res": {}}});
    let answered = answered(200, "application/json", &text.to_string()).unwrap();
    let puts: Vec<(&str, &str)> = answered
        .outputs
        .iter()
        .map(|put| (put.output.name.as_str(), put.text.as_str()))
        .collect();
    assert_eq!(puts, [("message", "test"), ("raw", "dGVzdA==")]);
    for (value, text) in [
        (json!("hello"), "hello"),
        (json!({"a": 1}), "{\"a\":1}"),
        (json!("te st"), "\u{fffd}\u{fffd}-"),
    ] {
        assert_eq!(put(&value, false), text);
    }
}

#[test]
fn what_fails_an_invocation() {
    let json = "application/json";
    let table = [
        (200, json, "", NoReply::Nothing),
        (200, "text/plain", "", NoReply::Nothing),
        (200, json, "null", NoReply::Nothing),
        (200, "text/plain", "{}", NoReply::ContentType),
        (200, json, "{", NoReply::Json),
        (200, json, "[]", NoReply::Json),
        (401, json, "{}", NoReply::Status(StatusCode::UNAUTHORIZED)),
        (302, json, "{}", NoReply::Status(StatusCode::FOUND)),
        (
            500,
            json,
            "",
            NoReply::Status(StatusCode::INTERNAL_SERVER_ERROR),
        ),
    ];
    for (status, kind, text, reply) in table {
        assert_eq!(
            answered(status, kind, text).err(),
            Some(reply),
            "{status} {kind} {text}"
        );
    }
}
