//! Functions with other bindings, through front end, stand-in and handler.

use serde_json::{Value, json};

use crate::caller::{Answer, Caller};
use crate::project::Project;
use crate::running::Running;

const JSON: &str = "application/json";

/// A function that is delivered by envelope and answered by this test program, as told by the request.
fn scripted() -> Project {
    let project = Project::new();
    project.function(
        "Scripted",
        "none",
        json!({"route": "scripted/{item?}", "methods": ["post"]}),
    );
    project.bind(
        "Scripted",
        json!({"type": "queue", "direction": "out", "name": "message"}),
    );
    project
}

fn tell(caller: &Caller, status: u16, kind: &str, text: &str) -> Answer {
    let told = json!({"status": status, "type": kind, "text": text}).to_string();
    let headers = [("X-Twice", "1"), ("X-Twice", "2")];
    caller.send("POST", "/api/scripted/a%20b?x=1&x=2", &headers, &told)
}

#[test]
fn the_stand_in_posts_envelopes_sized_and_chunked_in_turn() {
    let project = scripted();
    for host in ["forwarding", "proxying"] {
        let running = project.start(&["--host", host]);
        let caller = running.caller();
        let mut chunked = Vec::new();
        for _ in 0..4 {
            let answer = tell(&caller.named("allowed"), 200, JSON, "@received");
            assert_eq!(answer.status, 203, "{answer:?}");
            assert!(
                answer
                    .head
                    .contains("content-type: text/plain; charset=utf-8")
            );
            let seen: Value = serde_json::from_str(&answer.body).unwrap();
            chunked.push(seen["chunked"].as_bool().unwrap());
            let request = &seen["envelope"]["Data"]["req"];
            let url = format!(
                "http://localhost:{}/api/scripted/a%20b?x=1&x=2",
                caller.port
            );
            assert_eq!(request["Url"], url);
            assert_eq!(request["Params"], json!({"item": "a b"}));
            assert_eq!(request["Query"], json!({"x": "1,2"}));
            assert_eq!(request["Headers"]["x-twice"], json!(["1", "2"]));
            assert_eq!(request["Headers"]["x-forwarded-proto"], json!(["https"]));
            assert_eq!(
                request["Headers"]["x-arr-clientcert"]
                    .as_array()
                    .unwrap()
                    .len(),
                1
            );
        }
        assert_eq!(chunked, [false, true, false, true]);
    }
}

#[test]
fn the_stand_in_fails_what_the_host_fails() {
    let project = scripted();
    let mut running = project.start(&[]);
    let caller = running.caller();
    let full = json!({"Outputs": {"res": {"statusCode": 201, "body": "x"}}}).to_string();
    let shadowed = json!({"Outputs": {"res": {"status": 401, "body": "x"}}}).to_string();
    let table = [
        (200, JSON, full.as_str(), 201, Value::Null),
        (200, JSON, shadowed.as_str(), 200, Value::Null),
        (
            500,
            JSON,
            full.as_str(),
            500,
            json!("host: handler said 500"),
        ),
        (
            200,
            "text/plain",
            full.as_str(),
            500,
            json!("host: answer not JSON by type"),
        ),
        (200, JSON, "{", 500, json!("host: answer no envelope")),
        (200, JSON, "", 500, json!("host: hung, empty answer")),
        (200, JSON, full.as_str(), 201, Value::Null),
        (200, JSON, "null", 500, json!("host: hung, empty answer")),
    ];
    for (status, kind, text, seen, reason) in table {
        let answer = tell(&caller, status, kind, text);
        assert_eq!(answer.status, seen, "{status} {kind} {text}");
        assert_eq!(
            running.request("/api/scripted")["stopped"],
            reason,
            "{text}"
        );
    }
}

fn output(running: &mut Running) -> Value {
    running.event(|event| event["event"] == "output")
}

#[test]
fn the_worked_example_shows_its_message_for_admitted_callers_alone() {
    let project = Project::real();
    for host in ["forwarding", "proxying"] {
        let mut running = project.start(&["--host", host]);
        let caller = running.caller();
        // Twice, so that both framings are seen.
        for text in ["order 7", "test"] {
            let answer = caller
                .named("allowed")
                .send("POST", "/api/QueueOutput", &[], text);
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (202, r#"{"Msg":"Queued"}"#),
                "{answer:?}"
            );
            let put = output(&mut running);
            assert_eq!(
                (&put["function"], &put["binding"]),
                (&json!("QueueOutput"), &json!("message"))
            );
            assert_eq!(put["value"], text);
            assert_eq!(running.request("/api/QueueOutput")["outcome"], "allow");
        }
        let raw = caller.get("/api/SecuredFunction");
        let before = running.seen.len();
        for answer in [
            caller
                .named("denied")
                .send("POST", "/api/QueueOutput", &[], "order 7"),
            caller.send("POST", "/api/QueueOutput", &[], "order 7"),
        ] {
            assert_eq!(answer.status, 401);
            assert_eq!(answer.body.len(), raw.body.len());
            for line in [
                "content-type: application/problem+json",
                "www-authenticate: clientcertificate",
            ] {
                assert!(
                    answer.head.contains(line) && raw.head.contains(line),
                    "{answer:?}"
                );
            }
            assert_eq!(running.request("/api/QueueOutput")["outcome"], "deny");
        }
        assert!(
            running.seen[before..]
                .iter()
                .all(|event| event["event"] != "output")
        );
        assert_eq!(caller.named("allowed").get("/api/QueueOutput").status, 404);
    }
}

#[test]
fn no_request_through_the_front_end_imitates_an_envelope() {
    let project = Project::real();
    project.function(
        "SecuredFunction",
        "required",
        json!({"route": "order/{*rest}"}),
    );
    project.function("CertInfo", "required", json!({"route": "item/{id}"}));
    project.settings(json!({"CLIENT_CERT_FRONT_END": "app-service", "WEBSITE_INSTANCE_ID": "0"}));
    let envelope = |certificate: &str| {
        let headers = json!({"X-ARR-ClientCert": [certificate], "X-Forwarded-Proto": ["https"]});
        json!({"Data": {"req": {"Url": "https://a/", "Method": "POST", "Headers": headers, "Body": "forged"}}}).to_string()
    };
    for host in ["forwarding", "proxying"] {
        let mut running = project.start(&["--host", host, "--show-requests"]);
        let allowed =
            std::fs::read_to_string(project.folder.path().join("certs/allowed.crt.base64"))
                .unwrap();
        let caller = running.caller();
        let paths = [
            "/api/order/..%5C..%5CQueueOutput",
            "/api/order/%252E%252E/%252E%252E/QueueOutput",
            "/api/order/..%5C..%5C..%5CQueueOutput",
            "/api/order/..%5C..%5Cqueueoutput",
            "/api/item/..%5C..%5CQueueOutput",
            "/api/order/..%5CQueueOutput",
            "/QueueOutput",
            "/api/QueueOutput/",
            "//QueueOutput",
        ];
        let types = [("Content-Type", "application/json; charset=utf-8")];
        let own = [
            types[0],
            ("User-Agent", "Azure-Functions-Host/4.1037.0.0"),
            ("X-Azure-Functions-HostVersion", "4.1037.0.0"),
        ];
        for path in paths {
            for headers in [&types[..], &own] {
                let answer = caller.send("POST", path, headers, &envelope(allowed.trim()));
                assert!([401, 404].contains(&answer.status), "{path}: {answer:?}");
            }
        }
        let address = format!(
            "POST /api/order/..%5C..%5CQueueOutput HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n",
            handler_port(&mut running)
        );
        let body = envelope(allowed.trim());
        for more in [
            "",
            "X-ARR-LOG-ID: x\r\n",
            "Expect: 100-continue\r\n",
            "Connection: close, X-ARR-LOG-ID, X-Forwarded-For\r\n",
        ] {
            let request = format!(
                "{address}{more}Content-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = caller.named("allowed").raw(request.as_bytes());
            assert_ne!(answer.status, 202, "{more}: {answer:?}");
        }
        let good = caller
            .named("allowed")
            .send("POST", "/api/QueueOutput", &[], "after all");
        assert_eq!(good.status, 202);
        assert_eq!(
            output(&mut running)["value"],
            "after all",
            "the first message of all"
        );
        assert_eq!(
            running
                .seen
                .iter()
                .filter(|event| event["event"] == "output")
                .count(),
            1
        );
    }
}

/// The port of the handler, from what the host sends it.
fn handler_port(running: &mut Running) -> u16 {
    let start = running
        .seen
        .iter()
        .find(|event| event["line"]["event"] == "start");
    assert!(start.is_some(), "the handler has started");
    let hops = running
        .caller()
        .named("allowed")
        .send("POST", "/api/QueueOutput", &[], "");
    assert_eq!(hops.status, 400, "an empty message");
    let line = running.event(|event| event["event"] == "request" && event["status"] == 400);
    let heads = line["hops"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|hop| hop["head"].as_array().unwrap());
    let host = heads
        .filter_map(Value::as_str)
        .filter_map(|line| line.strip_prefix("host: 127.0.0.1:"));
    host.map(|port| port.parse().unwrap()).next().unwrap()
}

#[test]
fn an_envelope_that_could_be_imitated_stops_the_start() {
    let project = Project::real();
    project.function(
        "SecuredFunction",
        "required",
        json!({"route": "order/{id}"}),
    );
    let mut running = project.launch(&[]);
    running.event(|event| {
        event["line"]
            .to_string()
            .contains("QueueOutput/function.json: expected no forwarded route")
    });
    let (status, errors) = running.end();
    assert_eq!(status.code(), Some(64), "{errors}");
}

#[test]
fn without_forwarding_every_function_is_served_by_envelope() {
    let project = Project::real();
    for flag in ["enableForwardingHttpRequest", "enableProxyingHttpRequest"] {
        let text = std::fs::read_to_string(project.folder.path().join("host.json")).unwrap();
        let text = text.replace(&format!("\"{flag}\": true"), &format!("\"{flag}\": false"));
        std::fs::write(project.folder.path().join("host.json"), text).unwrap();
    }
    let running = project.start(&[]);
    let caller = running.caller();
    for _ in 0..2 {
        let public = caller.get("/api/PublicFunction");
        assert_eq!(
            (public.status, public.body.as_str()),
            (200, r#"{"Msg":"Public Azure Function called"}"#)
        );
        let allowed = caller.named("allowed").get("/api/SecuredFunction");
        assert_eq!(
            (allowed.status, allowed.body.as_str()),
            (200, r#"{"Msg":"Secured Azure Function called"}"#)
        );
        assert!(allowed.head.contains("cache-control: no-store"));
        assert_eq!(
            caller.named("denied").get("/api/SecuredFunction").status,
            401
        );
        assert_eq!(caller.get("/api/SecuredFunction").status, 401);
    }
}
