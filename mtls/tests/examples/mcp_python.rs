//! `examples/mcp-python`, called by the client of the same SDK.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::example::{Example, Served};
use crate::readme;
use crate::running::Running;

const PACKAGES: &str = ".python_packages";

/// `countdown` reports its progress a second before it goes on, and the progress must not wait for what comes then. Half of that
/// second, for a busy machine.
const AHEAD: f64 = 0.5;

/// The handshake of the revisions with sessions, and what the client chooses itself.
const MODES: [&str; 2] = ["legacy", "auto"];

const LIST: &str = r#"{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}"#;

/// Runs `client.py` in the example's folder.
fn client(example: &Example, url: &str, mode: &str) -> Output {
    Command::new("python3")
        .args(["client.py", url, mode])
        .env("PYTHONPATH", ".python_packages/lib/site-packages")
        .env("NO_PROXY", "localhost")
        .current_dir(example.path())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What the client printed, if it came to its end.
fn printed(output: &Output) -> Vec<Value> {
    let (text, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{text}{errors}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn events<'a>(printed: &'a [Value], name: &str) -> Vec<&'a Value> {
    let found = printed.iter().filter(|event| event["event"] == name);
    found.collect()
}

fn post(caller: &crate::caller::Caller) -> u16 {
    let headers = [
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
    ];
    caller.send("POST", "/mcp", &headers, LIST).status
}

#[test]
fn its_readme_works() {
    readme::run("mcp-python", PACKAGES);
}

#[test]
fn the_sdks_client_initializes_lists_calls_and_gets_progress_before_the_end() {
    let Some(example) = Example::gated("mcp-python", PACKAGES) else {
        return;
    };
    let served = example.start(&[]);
    let url = format!("{}/mcp", served.url());
    for mode in MODES {
        assert_whole(mode, &printed(&client(&example, &url, mode)));
    }
}

/// Where the client has no certificate at all, and calls a loopback address.
#[test]
fn a_client_that_cannot_present_a_certificate_calls_through_mtls_connect() {
    let Some(example) = Example::gated("mcp-python", PACKAGES) else {
        return;
    };
    let served = example.start(&[]);
    let connected = |name: &str| {
        let arguments = format!(
            "connect {} --certificate certs/{name}.pfx --password Pa@@word123 --cacert certs/ca.pem --log json",
            served.url()
        );
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut running = Running::launch(example.path(), &arguments);
        let ready = running.event(|event| event["event"] == "ready");
        let url = format!("{}/mcp", ready["url"].as_str().unwrap());
        (running, url)
    };
    let (_allowed, url) = connected("allowed");
    for mode in MODES {
        assert_whole(mode, &printed(&client(&example, &url, mode)));
    }
    let (_denied, url) = connected("denied");
    let refused = client(&example, &url, MODES[0]);
    assert!(!refused.status.success(), "{refused:?}");
}

/// The client came to the end of what it does, and got each progress while the call still ran.
fn assert_whole(mode: &str, printed: &[Value]) {
    assert_eq!(events(printed, "initialized").len(), 1, "{printed:?}");
    assert_eq!(
        events(printed, "tools")[0]["names"],
        serde_json::json!(["whoami", "countdown"])
    );
    let whoami = &events(printed, "whoami")[0]["result"];
    assert_eq!(whoami["sha256"].as_str().unwrap().len(), 64, "{whoami}");
    let progress = events(printed, "progress");
    let counted = events(printed, "counted")[0];
    assert_eq!((progress.len(), &counted["text"]), (2, &"lift-off".into()));
    let seconds = |event: &Value| event["seconds"].as_f64().unwrap();
    assert!(
        seconds(counted) - seconds(progress[1]) > AHEAD
            && seconds(progress[1]) - seconds(progress[0]) > AHEAD,
        "{mode}: {printed:?}"
    );
}

#[test]
fn refused_callers_never_reach_the_mcp_server() {
    let Some(example) = Example::gated("mcp-python", PACKAGES) else {
        return;
    };
    let mut served = example.start(&[]);
    for caller in [served.nobody(), served.denied()] {
        // The profile's default: a 401 sends MCP clients into a login.
        assert_eq!(post(&caller), 403);
        assert_eq!(caller.get("/health").status, 200);
    }
    assert_eq!(post(&served.allowed()), 200);
    // uvicorn's own log.
    let reached = "\"POST /mcp HTTP";
    assert_eq!(served.logged(reached, reached), 1);
}

#[test]
fn a_public_client_works_in_every_mode_that_asks_for_certificates() {
    let Some(example) = Example::gated("mcp-python", PACKAGES) else {
        return;
    };
    for (mode, is_asked) in [
        ("required", true),
        ("optional", true),
        ("optional-interactive-user", true),
        ("ignore", false),
    ] {
        let served: Served = example.start(&["--mode", mode]);
        let output = client(&example, &format!("{}/mcp", served.url()), "auto");
        assert_eq!(output.status.success(), is_asked, "{mode}: {output:?}");
    }
}

#[test]
fn with_the_outside_name_as_host_the_sdk_misdirects_what_it_does_not_know() {
    let Some(example) = Example::gated("mcp-python", PACKAGES) else {
        return;
    };
    // Locally the outside name is localhost, which the SDK knows by default; an app's name in Azure it does not.
    let known = "server.run(\"streamable-http\", ";
    let unknown = "from mcp.server.transport_security import TransportSecuritySettings\n    \
        server.run(\"streamable-http\", transport_security=TransportSecuritySettings(allowed_hosts=[\"127.0.0.1:*\"]), ";
    example.edit("server.py", known, unknown);
    for (host, status) in [("own", 200), ("outside", 421)] {
        example.set("CLIENT_CERT_UPSTREAM_HOST", host);
        assert_eq!(post(&example.start(&[]).allowed()), status, "{host}");
    }
}
