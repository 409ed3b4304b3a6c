//! Functions that the host delivers by JSON envelope: read, decided upon, answered, and imitated in vain.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

mod answered;
mod deployed;
mod imitated;
mod malformed;
mod refused;
mod registered;

use functions_handler::functions::{Invocation, Registry, Reply};
use functions_handler::host::Function;
use serde_json::{Value, json};

use common::process::{Answer, Handler};
use common::server::{Server, declared, function};
use common::{Issued, Shape};

const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

fn caller() -> Issued {
    Shape::caller("caller").valid_today().self_signed()
}

/// A post as the host writes it, with a length.
fn post(port: u16, path: &str, envelope: &str) -> String {
    let length = format!("Content-Length: {}\r\n", envelope.len());
    written(port, path, &length, envelope)
}

/// The same in chunks.
fn post_chunked(port: u16, path: &str, envelope: &str) -> String {
    let (one, two) = envelope.split_at(envelope.len() / 2);
    let body = format!(
        "{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
        one.len(),
        two.len()
    );
    written(port, path, "Transfer-Encoding: chunked\r\n", &body)
}

fn written(port: u16, path: &str, framing: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX-Azure-Functions-HostVersion: 4.1037.0.0\r\n\
         X-Azure-Functions-InvocationId: {ID}\r\nUser-Agent: Azure-Functions-Host/4.1037.0.0\r\n\
         Content-Type: application/json; charset=utf-8\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\
         {framing}\r\n{body}"
    )
}

/// An envelope with a request in it.
fn envelope(headers: &Value, body: Option<&str>) -> String {
    let mut request = json!({
        "Url": "https://app.azurewebsites.net/api/queue/a b?x=1&x=2",
        "Method": "PUT",
        "Query": {"x": "1,2"},
        "Headers": headers,
        "Params": {"item": "a b", "more": null},
        "Identities": [],
    });
    if let Some(body) = body {
        request["Body"] = json!(body);
    }
    json!({
        "Data": {"req": request, "blob": "\"from elsewhere\""},
        "Metadata": {"item": "\"a b\"", "sys": {"MethodName": "Queue"}},
    })
    .to_string()
}

fn signed(caller: &Issued) -> Value {
    json!({"Host": ["localhost:7071"], "X-ARR-ClientCert": [caller.header()], "Content-Type": ["text/plain"], "X-Twice": ["1", "2"]})
}

/// A function with an HTTP trigger and a queue.
fn queue(name: &str, mark: &Value) -> Function {
    declared(
        name,
        &json!({
            "clientCertificate": mark,
            "bindings": [
                {"type": "httpTrigger", "direction": "in", "name": "req", "authLevel": "anonymous", "route": format!("{name}/{{item?}}")},
                {"type": "blob", "direction": "in", "name": "blob"},
                {"type": "http", "direction": "out", "name": "res"},
                {"type": "queue", "direction": "out", "name": "message"},
            ],
        }),
    )
}

fn triggered(name: &str) -> Function {
    let json = json!({"bindings": [
        {"type": "queueTrigger", "direction": "in", "name": "item"},
        {"type": "queue", "direction": "out", "name": "message"},
    ]});
    declared(name, &json)
}

/// Answers what it was given, and puts the text on the queue.
async fn echo(mut invocation: Invocation) -> Reply {
    let body = invocation.body.read(1024 * 1024).await.unwrap();
    let text = String::from_utf8(body.into()).unwrap();
    Reply::accepted(&json!({
        "method": invocation.head.method.as_str(),
        "uri": invocation.head.uri.to_string(),
        "item": invocation.route_values.get("ITEM"),
        "more": invocation.route_values.get("more"),
        "twice": invocation.head.headers.get_all("x-twice").iter().count(),
        "inputs": invocation.inputs,
        "id": invocation.id.as_str(),
    }))
    .with_output("message", &text)
}

fn start(caller: &Issued) -> Server {
    let registry = Registry::new()
        .secured("Secured", |_, invocation| echo(invocation))
        .public("Open", echo)
        .secured("Raw", async |_, _| Reply::ok(&"raw"));
    let functions = vec![
        queue("Secured", &json!("required")),
        queue("Open", &json!("none")),
        function("Raw", "raw", &json!("required")),
    ];
    Server::start(functions, registry, caller)
}

/// The answer that the caller is to see, out of a 200 that is never empty.
#[track_caller]
fn inside(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let value = answer.json();
    assert_eq!(value["Logs"], json!([]));
    assert!(value["Outputs"]["res"]["status"].is_null(), "{value}");
    value["Outputs"]["res"].clone()
}

/// The deployed handler, with one caller allowed.
fn gate(front_end: &str) -> (Handler, Issued) {
    let caller = caller();
    let settings = [
        ("CLIENT_CERT_FRONT_END", front_end),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ];
    (common::fixture().start(&settings), caller)
}

fn queue_output(handler: &Handler, headers: &Value, body: &str) -> Answer {
    let request = json!({
        "Url": "https://localhost:7443/api/QueueOutput", "Method": "POST", "Query": {}, "Headers": headers,
        "Params": {}, "Identities": [], "Body": body,
    });
    let text = json!({"Data": {"req": request}, "Metadata": {}}).to_string();
    let answer = handler.exchange(post(handler.port, "/QueueOutput", &text).as_bytes());
    answer.unwrap()
}
