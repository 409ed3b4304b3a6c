//! The life of a handler under the stand-in, where hosts and dialects differ.

use serde_json::{Value, json};

use crate::project::Project;
use crate::running::Running;

/// How often the handler has been started so far, and until `wanted` starts at least.
fn starts(running: &mut Running, wanted: usize) -> usize {
    let count = |running: &Running| {
        let starts = running.seen.iter();
        starts
            .filter(|event| event["line"]["event"] == "environment")
            .count()
    };
    while count(running) < wanted {
        running.event(|event| event["line"]["event"] == "environment");
    }
    count(running)
}

/// The invocation ids that reached the handler on a path, in their order.
fn invocations(running: &Running, path: &str) -> Vec<Value> {
    let lines = running.seen.iter().map(|event| &event["line"]);
    let reached = lines.filter(|line| line["event"] == "decision" && line["target"] == path);
    reached.map(|line| line["invocationId"].clone()).collect()
}

#[test]
fn a_proxied_request_that_crashes_the_handler_reaches_the_next_and_is_answered_before_everything_ends()
 {
    let project = Project::new();
    let mut running = project.start(&["--host", "proxying"]);
    let caller = running.caller();
    let answer = caller.get("/api/echo/crash");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (500, ""),
        "{answer:?}"
    );
    assert!(answer.head.contains("connection: close"), "{answer:?}");
    assert!(answer.head.contains("x-added: host"), "{answer:?}");
    assert!(caller.connect().is_err(), "nothing is taken any more");
    assert_eq!(starts(&mut running, 3), 3);
    running.rest();
    let (status, errors) = running.end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("would shut down"), "{errors}");
}

#[test]
fn a_proxied_request_that_ends_the_handler_in_order_is_given_up_after_its_attempts() {
    let project = Project::new();
    let mut running = project.start(&["--host", "proxying"]);
    let caller = running.caller();
    let answer = caller.get("/api/echo/restart");
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (500, ""),
        "{answer:?}"
    );
    // How many of the ten attempts meet a handler depends on how fast it starts.
    let starts = starts(&mut running, 3);
    assert!((3..=11).contains(&starts), "{starts}");
    assert_eq!(caller.get("/api/echo/x").status, 200);
}

#[test]
fn a_proxied_request_that_runs_out_of_time_reaches_the_handler_that_is_started_again() {
    let project = Project::new();
    project.host_json("", "functionTimeout", json!("00:00:01"));
    for (host, times) in [("proxying", 2), ("forwarding", 1)] {
        let mut running = project.start(&["--host", host]);
        assert_eq!(running.caller().get("/api/echo/slow").status, 500, "{host}");
        starts(&mut running, 2);
        // By then an attempt has reached it: a start is noticed, and the last attempt comes 1.85 s behind the first.
        if times == 2 {
            running.event(|event| event["line"]["event"] == "decision");
        }
        assert_eq!(running.caller().get("/api/echo/x").status, 200, "{host}");
        running.event(|event| event["line"]["target"] == "/api/echo/x");
        let ids = invocations(&running, "/api/echo/slow");
        assert_eq!(ids.len(), times, "{host}: {ids:?}");
        assert!(ids.iter().all(|id| *id == ids[0]), "{host}: {ids:?}");
    }
}

#[test]
fn exit_code_0_is_a_restart_since_2026_and_nothing_before() {
    let project = Project::new();
    for (version, host, after) in [
        ("2024", "forwarding", 500),
        ("2025", "forwarding", 500),
        ("2025", "proxying", 500),
        ("2026", "forwarding", 200),
    ] {
        let mut running = project.start(&["--host-version", version, "--host", host]);
        let caller = running.caller();
        let name = format!("{version} {host}");
        // A request with a body is not sent twice.
        let answer = caller.send("POST", "/api/echo/exit", &[], "x");
        assert_eq!(answer.status, 500, "{name}");
        running.event(|event| {
            let text = event["text"].as_str().unwrap_or_default();
            text.contains("ended with exit code 0")
        });
        assert_eq!(caller.get("/api/echo/x").status, after, "{name}");
        let wanted = if after == 200 { 2 } else { 1 };
        assert_eq!(starts(&mut running, wanted), wanted, "{name}");
        running.signal("TERM");
        let (status, errors) = running.end();
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""), "{name}");
    }
}

#[test]
fn a_host_before_2025_neither_proxies_nor_knows_its_keys() {
    let project = Project::new();
    project.host_json("/customHandler", "port", json!(1));
    project.host_json(
        "/customHandler",
        "http",
        json!({"routes": [{"route": "new", "clientCertificate": "none"}]}),
    );
    let mut running = project.start(&["--host-version", "2024"]);
    assert_ne!(running.environment()["port"], 1);
    let caller = running.caller();
    let answer = caller.get("/api/echo/x");
    // Forwarded: the client's Host, and not the handler's.
    assert_eq!(
        answer.values("host"),
        [format!("localhost:{}", caller.port)]
    );
    assert_eq!(caller.get("/api/new").status, 404);
    let (status, errors) = project
        .launch(&["--host-version", "2024", "--host", "proxying"])
        .end();
    assert_eq!(status.code(), Some(64), "{errors}");
    assert!(errors.contains("--host-version"), "{errors}");
}

#[test]
fn strict_transport_security_passes_as_the_years_proxy_passes_it() {
    let project = Project::new();
    for (version, host, passes) in [
        ("2024", "forwarding", true),
        ("2025", "forwarding", true),
        ("2025", "proxying", false),
        ("2026", "proxying", true),
    ] {
        let running = project.start(&["--host-version", version, "--host", host]);
        let answer = running.caller().get("/api/echo/secure");
        let has = answer.head.contains("strict-transport-security: max-age=1");
        assert_eq!(
            (answer.status, has),
            (200, passes),
            "{version} {host}: {answer:?}"
        );
    }
}
