//! Functions that the host delivers by JSON envelope: read, decided upon, answered, and imitated in vain.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::process::{Answer, Handler, get};
use common::server::{Server, app, declared, function};
use common::{Issued, Shape};
use functions_handler::functions::{Invocation, Outputs, Registry, Reply, Trigger, TriggerFailed};
use functions_handler::host::{Function, FunctionTimeout};
use functions_handler::server::{Limits, Log};
use serde_json::{Value, json};

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
fn a_refusal_travels_inside_and_looks_as_it_does_outside() {
    let caller = caller();
    let server = start(&caller);
    let outside = server.exchange(&get("/api/raw", None));
    assert_eq!(outside.status, 401);
    let raw_line = server.line();
    let denied = envelope(&json!({"Host": ["localhost"]}), Some("order 7"));
    for request in [
        post(server.port, "/Secured", &denied),
        post_chunked(server.port, "/Secured", &denied),
    ] {
        let answer = server.exchange(&request);
        let res = inside(&answer);
        assert_eq!(
            answer.json()["Outputs"].as_object().unwrap().len(),
            1,
            "no other output"
        );
        assert_eq!(res["statusCode"], 401);
        for name in ["content-type", "www-authenticate", "cache-control"] {
            assert_eq!(
                res["headers"][name].as_str(),
                outside.header(name),
                "{name}"
            );
        }
        assert_eq!(res["headers"].as_object().unwrap().len(), 3);
        let mut document: Value = serde_json::from_str(res["body"].as_str().unwrap()).unwrap();
        assert_eq!(document["invocationId"], ID);
        document["invocationId"] = outside.json()["invocationId"].clone();
        assert_eq!(document, outside.json());
        assert_eq!(res["body"].as_str().unwrap().len(), outside.body.len());
        let line = server.line();
        for field in ["event", "outcome", "reason", "detail"] {
            assert_eq!(line[field], raw_line[field], "{field}");
        }
        assert_eq!(line["function"], "Secured");
    }
}

#[test]
fn a_role_that_is_missing_is_403_inside() {
    let caller = caller();
    let registry = Registry::new().secured("Audit", |_, invocation| echo(invocation));
    let server = Server::start(
        vec![queue("Audit", &json!({"roles": ["auditor"]}))],
        registry,
        &caller,
    );
    let answer = server.exchange(&post(
        server.port,
        "/Audit",
        &envelope(&signed(&caller), None),
    ));
    let res = inside(&answer);
    assert_eq!(res["statusCode"], 403);
    assert_eq!(res["headers"]["www-authenticate"], Value::Null);
    assert_eq!(server.line()["reason"], "role-missing");
}

#[test]
fn a_request_inside_that_names_another_host_is_refused() {
    let caller = caller();
    let server = start(&caller);
    let with = |name: &str, value: &str| {
        let mut headers = signed(&caller);
        headers[name] = json!([value]);
        let post = post(server.port, "/Secured", &envelope(&headers, None));
        let status = inside(&server.exchange(&post))["statusCode"].clone();
        (status, server.line()["reason"].clone())
    };
    let admitted = (json!(202), json!("admitted"));
    let refused = (json!(401), json!("host-not-local"));
    for (name, value, expected) in [
        ("Host", "localhost:7071", &admitted),
        ("Host", "[::1]:7071", &admitted),
        ("Host", "rebound.example:7071", &refused),
        ("host", "rebound.example:7071", &refused),
        ("X-Forwarded-Host", "localhost:7071", &admitted),
        ("X-Forwarded-Host", "rebound.example", &refused),
        ("x-original-host", "rebound.example", &refused),
    ] {
        assert_eq!(with(name, value), *expected, "{name}: {value}");
    }
}

#[test]
fn exactly_one_certificate_counts_over_all_spellings() {
    let caller = caller();
    let server = start(&caller);
    let good = caller.header();
    let table = [
        (format!(r#"{{"X-ARR-ClientCert": ["{good}"]}}"#), "admitted"),
        (format!(r#"{{"x-arr-clientcert": ["{good}"]}}"#), "admitted"),
        (format!(r#"{{"X-ARR-CLIENTCERT": "{good}"}}"#), "admitted"),
        ("{}".to_owned(), "certificate-absent"),
        (r#"{"X-ARR-ClientCert": []}"#.to_owned(), "header-empty"),
        (r#"{"X-ARR-ClientCert": [""]}"#.to_owned(), "header-empty"),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}", "{good}"]}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}"], "x-arr-clientcert": ["{good}"]}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}"], "X-ARR-ClientCert": ["{good}"]}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}"], "X-Arr-ClientCert": []}}"#),
            "header-repeated",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}, {good}"]}}"#),
            "header-joined",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["{good}\n"]}}"#),
            "header-encoding",
        ),
        (
            format!(r#"{{"X-ARR-ClientCert": ["\u00e4{good}"]}}"#),
            "header-encoding",
        ),
        (
            format!(r#"{{"X_ARR_ClientCert": ["{good}"]}}"#),
            "certificate-absent",
        ),
    ];
    for (headers, reason) in table {
        let members = headers.trim_start_matches('{');
        let headers = match members {
            "}" => r#"{"Host": "localhost"}"#.to_owned(),
            _ => format!(r#"{{"Host": "localhost", {members}"#),
        };
        let text = format!(
            r#"{{"Data": {{"req": {{"Url": "https://a/api/x", "Method": "POST", "Headers": {headers}}}}}}}"#
        );
        let answer = server.exchange(&post(server.port, "/Secured", &text));
        let res = inside(&answer);
        let line = server.line();
        assert_eq!(line["reason"], reason, "{headers}");
        let status = if reason == "admitted" { 202 } else { 401 };
        assert_eq!(res["statusCode"], status, "{headers}");
        assert_eq!(answer.json()["Outputs"]["message"].is_null(), status == 401);
    }
    // The header of the post itself, or anything else in the envelope, is no certificate.
    let elsewhere = json!({
        "Data": {"req": {"Url": "x", "Method": "POST", "headers": signed(&caller), "Params": signed(&caller)["none"]}},
        "Metadata": {"Headers": {"X-ARR-ClientCert": good}},
        "Headers": signed(&caller),
    });
    let answer = server.exchange(&post(server.port, "/Secured", &elsewhere.to_string()));
    assert_eq!(inside(&answer)["statusCode"], 401);
}

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

#[test]
fn nothing_but_the_hosts_own_post_is_an_envelope() {
    let caller = caller();
    let server = start(&caller);
    let text = envelope(&signed(&caller), Some("forged"));
    let good = post(server.port, "/Secured", &text);
    let swap = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let host = format!("Host: 127.0.0.1:{}\r\n", server.port);
    let add = |header: &str| swap(&host, &format!("{host}{header}\r\n"));
    let mut forged = vec![
        swap("POST ", "GET "),
        swap("POST ", "PUT "),
        swap("POST ", "post "),
        swap(" /Secured ", " /secured "),
        swap(" /Secured ", " /SECURED "),
        swap(" /Secured ", " /Secured/ "),
        swap(" /Secured ", " //Secured "),
        swap(" /Secured ", " /Secured? "),
        swap(" /Secured ", " /Secured?x=1 "),
        swap(" /Secured ", " /Secure%64 "),
        swap(" /Secured ", " /./Secured "),
        swap(" /Secured ", " /api/secured "),
        swap(" /Secured ", " /api/Secured "),
        swap(" /Secured ", " /Raw "),
        swap(
            " /Secured ",
            &format!(" http://127.0.0.1:{}/Secured ", server.port),
        ),
        swap(&host, "Host: app.azurewebsites.net\r\n"),
        swap(&host, "Host: 127.0.0.1\r\n"),
        swap(&host, "Host: 127.0.0.1:1\r\n"),
        swap(&host, &format!("Host: localhost:{}\r\n", server.port)),
        swap(&host, ""),
        swap(&format!("X-Azure-Functions-InvocationId: {ID}\r\n"), ""),
        swap(
            &format!("InvocationId: {ID}"),
            &format!("InvocationId: evil, {ID}"),
        ),
        swap("User-Agent: ", "User-Agent: curl/8.5.0 "),
        swap("Content-Type: application/json; charset=utf-8\r\n", ""),
        swap("application/json; charset=utf-8", "text/plain"),
    ];
    let added = [
        "Accept: */*",
        "X-Forwarded-For: 192.0.2.1:1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: a",
        "X-ARR-LOG-ID: x",
        "X-ARR-ClientCert: AAAA",
        "DISGUISED-HOST: a",
        "x-ms-invocation-id: x",
        "Cookie: a=1",
        "User-Agent: Azure-Functions-Host/4",
        "Content-Type: application/json",
        "X-A: b",
    ];
    forged.extend(added.map(add));
    for request in forged {
        let answer = server.exchange(&request);
        let head: String = request.split("\r\n\r\n").next().unwrap().to_owned();
        assert!(
            [400, 404].contains(&answer.status),
            "{}: {head}",
            answer.status
        );
        assert!(
            !String::from_utf8_lossy(&answer.body).contains("Outputs"),
            "{head}"
        );
    }
    let expecting = add("Expect: 100-continue");
    assert_eq!(server.exchange(&expecting).status, 404);
    assert_eq!(inside(&server.exchange(&good))["statusCode"], 202);
}

#[test]
fn a_function_with_an_envelope_has_no_route_in_a_raw_request() {
    let caller = caller();
    let server = start(&caller);
    for path in [
        "/api/Secured",
        "/api/secured/7",
        "/api/Open",
        "/Secured",
        "/Open",
        "/open",
    ] {
        assert_eq!(
            server.exchange(&get(path, Some(&caller.header()))).status,
            404,
            "{path}"
        );
        let post = get(path, Some(&caller.header())).replacen("GET", "POST", 1);
        assert_eq!(server.exchange(&post).status, 404, "{path}");
    }
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

/// What a request looks like after a forwarding host has rewritten its path into an envelope's.
fn rewritten(port: u16, front_end: &[&str], text: &str) -> String {
    let added: String = front_end.iter().map(|line| format!("{line}\r\n")).collect();
    post(port, "/QueueOutput", text).replacen("Host:", &format!("{added}Host:"), 1)
}

#[test]
fn a_rewritten_path_imitates_no_envelope() {
    let root = common::fixture().app_root();
    let way = std::fs::read_to_string(root.path().join("SecuredFunction/function.json")).unwrap();
    let way = way.replace(r#""methods""#, r#""route": "order/{*rest}", "methods""#);
    std::fs::write(root.path().join("SecuredFunction/function.json"), way).unwrap();
    let caller = caller();
    let settings = [
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", &caller.sha256()),
    ];
    let handler = common::fixture().start_in(root, &settings);
    let mut headers = signed(&caller);
    headers["X-Forwarded-Proto"] = json!(["https"]);
    let text = envelope(&headers, Some("forged"));
    // Any one header of App Service's, whatever else the caller wrote or left out.
    for added in [
        "X-ARR-LOG-ID: x",
        "X-Forwarded-For: 192.0.2.1:1",
        "DISGUISED-HOST: a",
        "X-ARR-SSL: x",
    ] {
        let answer = handler.exchange(rewritten(handler.port, &[added], &text).as_bytes());
        assert_eq!(answer.unwrap().status, 404, "{added}");
    }
    let raw =
        "POST /api/order/..%5C..%5CQueueOutput HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(handler.exchange(raw.as_bytes()).unwrap().status, 404);
    let host = handler.exchange(rewritten(handler.port, &[], &text).as_bytes());
    assert_eq!(inside(&host.unwrap())["statusCode"], 202);
}
