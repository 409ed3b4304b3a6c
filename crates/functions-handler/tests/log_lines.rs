//! Every line of the log is one JSON object, whatever a request, a certificate or an implementation contains.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::convert::Infallible;
use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel};

use bytes::Bytes;
use client_cert::{Caller, Fitness, FrontEnd, Policy, Requirement, Rule};
use common::Shape;
use common::server::{Server, declared};
use functions_handler::functions::{Outputs, Registry, Trigger};
use functions_handler::server::Log;
use functions_handler::{Guard, GuardLayer};
use http::{HeaderValue, Request, Response};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _};

const ID: &str = "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11";

/// A line with its members as they are, also one that is there twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// The members of the one line in these bytes.
fn line(bytes: &[u8]) -> Members {
    let text = str::from_utf8(bytes).unwrap();
    let line = text.strip_suffix('\n').unwrap();
    assert!(!line.contains(client_cert::is_invisible), "{line:?}");
    let members: Members = serde_json::from_str(line).unwrap();
    for (name, _) in &members.0 {
        let times = members.0.iter().filter(|(other, _)| other == name);
        assert_eq!(times.count(), 1, "{name}: {line}");
    }
    members
}

impl Members {
    fn text(&self, name: &str) -> &str {
        let member = self.0.iter().find(|(known, _)| known == name);
        member.and_then(|(_, value)| value.as_str()).unwrap()
    }
}

/// An output that hands everything on.
struct Output(Sender<Vec<u8>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.send(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logged(log: &Log, output: &Receiver<Vec<u8>>) -> Vec<u8> {
    log.close();
    output.try_iter().flatten().collect()
}

/// Text with what ends lines and strings, forges members, and turns terminals.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\"\\\\\\r\\n\\x00-\\x1f\\x7f{}:,\u{202e}\u{2028}a]{0,60}",
        Just("\",\"outcome\":\"allow\",\"x\":\"".to_owned()),
        Just("\"}\n{\"event\":\"decision\",\"outcome\":\"allow\"}".to_owned()),
    ]
}

/// Bytes that a header line can have.
fn header() -> impl Strategy<Value = HeaderValue> {
    let bytes = prop_oneof![
        hostile().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..80),
        Just(format!("evil\", {ID}").into_bytes()),
        Just(b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"".to_vec()),
    ];
    bytes.prop_map(|bytes| {
        let allowed = bytes.iter().filter(|byte| **byte >= b' ' && **byte != 0x7f);
        HeaderValue::from_bytes(&allowed.copied().collect::<Vec<_>>()).unwrap()
    })
}

#[test]
fn no_head_and_no_certificate_forges_a_line() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut runner = TestRunner::new(Config::with_cases(200));
    let parts = (
        "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}",
        (header(), header(), header(), header()),
        // The longest common name of X.509.
        "[\"\\\\{}:,\\r\\n\\t\u{202e}\u{2028}\u{e9}a]{1,60}",
        prop::option::of(hostile()),
    );
    let run = |(method, headers, name, function): (
        String,
        (HeaderValue, HeaderValue, HeaderValue, HeaderValue),
        String,
        Option<String>,
    )| {
        let (sender, output) = channel();
        let log = Log::start(Output(sender)).unwrap();
        let rule = Rule::pin(
            Shape::caller("caller")
                .valid_today()
                .self_signed()
                .sha256()
                .parse()
                .unwrap(),
        );
        let policy = Policy::new(
            FrontEnd::Development,
            Fitness::default(),
            [Caller::of_lists([rule])],
        );
        let guard = Guard::new(policy.unwrap(), log.clone());
        let function = function.unwrap_or_else(|| "Function".to_owned());
        let layer = GuardLayer::new(&guard, &function, Requirement::Admitted);
        let service = layer.layer(tower::service_fn(async |_: Request<()>| {
            Ok::<_, Infallible>(Response::new(Bytes::new()))
        }));
        let certificate = Shape::caller(&name).valid_today().self_signed().header();
        let (id, trace, host, forwarded) = headers;
        let request = Request::builder()
            .method(method.as_bytes())
            .header("x-azure-functions-invocationid", id)
            .header("traceparent", trace)
            .header(
                "host",
                if host.is_empty() {
                    HeaderValue::from_static("localhost")
                } else {
                    host
                },
            )
            .header("x-forwarded-proto", &forwarded)
            .header("origin", forwarded)
            .header("x-arr-clientcert", certificate)
            .body(());
        let response = runtime.block_on(service.oneshot(request.unwrap())).unwrap();
        let bytes = logged(&log, &output);
        let line = line(&bytes);
        assert_eq!(
            (line.text("event"), line.text("outcome")),
            ("decision", "deny")
        );
        assert_eq!(line.text("function"), function);
        assert_eq!(line.text("invocationId").len(), ID.len());
        let status = line.0.iter().find(|(name, _)| name == "status").unwrap();
        assert_eq!(status.1, response.status().as_u16());
        Ok(())
    };
    runner.run(&parts, run).unwrap();
}

#[test]
fn no_envelope_and_no_failure_forges_a_line() {
    let caller = Shape::caller("caller").valid_today().self_signed();
    let binding = |kind: &str, name: &str| json!({"type": kind, "direction": "in", "name": name, "authLevel": "anonymous"});
    let http = json!({"bindings": [binding("httpTrigger", "req"), binding("blob", "blob"), {"type": "http", "direction": "out", "name": "res"}]});
    let queue = json!({"bindings": [binding("queueTrigger", "item")]});
    let work = async |trigger: Trigger| {
        let name = trigger.data.as_str().unwrap_or_default().to_owned();
        Ok(Outputs::none().with(&name, &1))
    };
    let registry = Registry::new()
        .secured("Secured", async |_, _| http::StatusCode::OK)
        .triggered("Work", work);
    let functions = vec![declared("Secured", &http), declared("Work", &queue)];
    // The server's own log is read line by line, and each line has to be JSON.
    let server = Server::start(functions, registry, &caller);
    let post = |path: &str, body: &Value| {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nX-Azure-Functions-InvocationId: {ID}\r\n",
            server.port
        );
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let mut runner = TestRunner::new(Config::with_cases(200));
    let texts = (hostile(), hostile(), hostile(), hostile());
    let run = |(method, name, value, data): (String, String, String, String)| {
        let request = json!({"Method": method, "Headers": {name: [value]}, "Body": data});
        server.exchange(&post("/Secured", &json!({"Data": {"req": request}})));
        let line = server.line();
        assert_eq!(
            (&line["event"], &line["outcome"]),
            (&json!("decision"), &json!("deny"))
        );
        assert_eq!(line["invocationId"], ID);

        // Decoded twice, so that it stays a text.
        let item = json!(data).to_string();
        let answer = server.exchange(&post("/Work", &json!({"Data": {"item": item}})));
        assert_eq!(answer.status, 500);
        assert_eq!(server.line()["event"], "output-without-binding");
        assert_eq!(server.line()["status"], 500);
        Ok(())
    };
    runner.run(&texts, run).unwrap();
}
