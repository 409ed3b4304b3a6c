//! Edits of an app that runs: what is started anew, when, and what is kept.

use std::fs;
use std::process::Command;
use std::sync::mpsc::channel;
use std::thread;

use serde_json::{Value, json};

use crate::project::Project;
use crate::running::Running;

/// A program in Rust that answers every request with one word.
const MAIN: &str = r#"
use std::io::{Read, Write};
fn main() {
    let port: u16 = std::env::var("FUNCTIONS_CUSTOMHANDLER_PORT").unwrap().parse().unwrap();
    for stream in std::net::TcpListener::bind(("127.0.0.1", port)).unwrap().incoming() {
        let mut stream = stream.unwrap();
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\none");
    }
}
"#;

const MANIFEST: &str = "[package]\nname = \"small\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";

/// The file that a test edits last, to know that nothing came before.
const LAST: &str = "last.py";

fn put(project: &Project, name: &str, text: &str) {
    let path = project.folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The names of the next burst.
fn changed(running: &mut Running) -> Vec<String> {
    let event = running.event(|event| event["event"] == "changed");
    let files = event["files"].as_array().unwrap().iter();
    files
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

fn restarted(running: &mut Running) {
    running.event(|event| event["event"] == "restarted");
}

/// How many handlers have been started so far.
fn started(running: &Running) -> usize {
    let seen = running.seen.iter();
    seen.filter(|event| event["line"]["event"] == "environment")
        .count()
}

#[test]
fn an_edited_setting_reaches_the_next_handler() {
    let project = Project::new();
    project.settings(json!({"TEST_SETTING": "one"}));
    let mut running = project.start(&["--watch"]);
    assert_eq!(running.environment()["setting"], "one");
    project.settings(json!({"TEST_SETTING": "two"}));
    assert_eq!(changed(&mut running), ["local.settings.json"]);
    restarted(&mut running);
    let environment = running
        .seen
        .iter()
        .rfind(|event| event["line"]["event"] == "environment");
    assert_eq!(environment.unwrap()["line"]["setting"], "two");
    assert_eq!(running.caller().get("/api/echo/x").status, 200);
}

#[test]
fn routes_and_markers_are_read_anew() {
    let project = Project::new();
    let mut running = project.start(&["--watch"]);
    let caller = running.caller();
    assert_eq!(caller.get("/api/late").status, 404);
    project.function("Late", "none", json!({"route": "late"}));
    assert!(changed(&mut running).contains(&"Late/function.json".to_owned()));
    restarted(&mut running);
    assert_eq!(caller.get("/api/late").status, 200);
    project.host_json("", "extensions", json!({"http": {"routePrefix": "v1"}}));
    assert_eq!(changed(&mut running), ["host.json"]);
    restarted(&mut running);
    assert_eq!(caller.get("/api/late").status, 404);
    assert_eq!(caller.get("/v1/late").status, 200);
    fs::remove_dir_all(project.folder.path().join("Late")).unwrap();
    changed(&mut running);
    restarted(&mut running);
    assert_eq!(caller.get("/v1/late").status, 404);
}

#[test]
fn a_burst_of_edits_is_one_restart() {
    let project = Project::new();
    let mut running = project.start(&["--watch"]);
    running.environment();
    for round in 0..20 {
        put(
            &project,
            &format!("part{}.py", round % 4),
            &round.to_string(),
        );
        project.settings(json!({"TEST_SETTING": round.to_string()}));
    }
    let names = changed(&mut running);
    assert_eq!(
        names,
        [
            "local.settings.json",
            "part0.py",
            "part1.py",
            "part2.py",
            "part3.py"
        ]
    );
    restarted(&mut running);
    put(&project, LAST, "");
    assert_eq!(changed(&mut running), [LAST]);
    restarted(&mut running);
    assert_eq!(started(&running), 3, "{:#?}", running.seen);
}

#[test]
fn what_is_built_installed_or_excluded_does_not_count() {
    let project = Project::new();
    put(&project, ".gitignore", "/out/\nlocal.settings.json\n");
    put(&project, ".funcignore", "*.md\nhost.json\n");
    let folders = [
        "target/release",
        "node_modules/a",
        ".venv/bin",
        "__pycache__",
        ".git",
        "out",
        "certs",
    ];
    for folder in folders {
        fs::create_dir_all(project.folder.path().join(folder)).unwrap();
    }
    let mut running = project.start(&["--watch"]);
    for folder in folders {
        put(&project, &format!("{folder}/file.py"), "");
        put(&project, &format!("{folder}/new/file.py"), "");
    }
    for name in ["README.md", "server.log", ".server.py.swp", "server.py~"] {
        put(&project, name, "");
    }
    // Excluded, and read at the start all the same.
    project.settings(json!({"TEST_SETTING": "two"}));
    assert_eq!(changed(&mut running), ["local.settings.json"]);
    restarted(&mut running);
    // A folder that is made later counts with what is in it.
    put(&project, "made/later/page.html", "");
    assert_eq!(changed(&mut running), ["made/later/page.html"]);
}

#[test]
fn requests_wait_for_the_next_handler_and_those_under_way_are_answered() {
    let outside = tempfile::tempdir().unwrap();
    let go = outside.path().join("go");
    let project = Project::new();
    let mut running = project.start(&["--watch"]);
    running.environment();
    project.settings(json!({"TEST_STARTS_WITH": go}));
    // The next one is started, and does not listen.
    running.event(|event| event["line"]["event"] == "environment");
    let (sending, sent) = channel();
    let caller = running.caller();
    let waiting = thread::spawn(move || {
        sending.send(()).unwrap();
        caller.get("/api/echo/x").status
    });
    sent.recv().unwrap();
    fs::write(&go, "").unwrap();
    assert_eq!(waiting.join().unwrap(), 200);
    restarted(&mut running);
}

#[test]
fn no_request_is_lost_while_handlers_follow_each_other() {
    let project = Project::new();
    let mut running = project.start(&["--watch"]);
    let caller = running.caller();
    let (stop, stopped) = channel::<()>();
    let calling = thread::spawn(move || {
        let mut statuses = Vec::new();
        while stopped.try_recv().is_err() {
            statuses.push(caller.get("/api/echo/x").status);
        }
        statuses
    });
    for round in 0..3 {
        project.settings(json!({"TEST_SETTING": round.to_string()}));
        restarted(&mut running);
    }
    stop.send(()).unwrap();
    let statuses = calling.join().unwrap();
    assert!(statuses.len() > 3, "{statuses:?}");
    assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
}

#[test]
fn what_is_refused_changes_nothing_until_it_is_corrected() {
    let project = Project::new();
    let mut running = project.start(&["--watch"]);
    let caller = running.caller();
    let right = fs::read_to_string(project.folder.path().join("host.json")).unwrap();
    put(&project, "host.json", "{");
    let note = running.event(|event| {
        event["event"] == "note" && event["text"].as_str().unwrap().contains("host.json")
    });
    assert!(
        note["text"]
            .as_str()
            .unwrap()
            .contains("The handler is as it was"),
        "{note}"
    );
    assert_eq!(caller.get("/api/echo/x").status, 200);
    put(&project, "host.json", &right);
    restarted(&mut running);
    assert_eq!(caller.get("/api/echo/x").status, 200);
}

#[test]
fn a_handler_that_is_gone_is_started_again_by_the_next_change() {
    let project = Project::new();
    let mut running = project.start(&["--watch"]);
    project.settings(json!({"TEST_MISCONFIGURED": "1"}));
    running.event(|event| {
        event["event"] == "note" && event["text"].as_str().unwrap().contains("The next change")
    });
    project.settings(json!({}));
    restarted(&mut running);
    assert_eq!(running.caller().get("/api/echo/x").status, 200);
}

#[test]
fn an_edited_policy_is_named_and_starts_nothing() {
    let project = Project::new();
    put(&project, "policy.json", "{\"version\": 1}");
    project.settings(json!({"CLIENT_CERT_POLICY": "policy.json"}));
    let mut running = project.start(&["--watch"]);
    running.environment();
    put(&project, "policy.json", "{\"version\": 1, \"callers\": []}");
    let event = running.event(|event| event["event"] == "changed");
    assert_eq!(event["files"], json!(["policy.json"]));
    assert!(
        event["consequence"].as_str().unwrap().contains("by itself"),
        "{event}"
    );
    put(&project, LAST, "");
    restarted(&mut running);
    assert_eq!(started(&running), 2, "{:#?}", running.seen);
}

#[test]
fn sources_in_rust_are_built_first_and_a_build_that_fails_keeps_the_handler() {
    let project = Project::with_program("bin/small", &[]);
    put(&project, "Cargo.toml", MANIFEST);
    put(&project, "src/main.rs", MAIN);
    let mut command = Command::new(env!("CARGO_BIN_EXE_mtls"));
    command
        .args(["local", "--port", "0", "--log", "json", "--watch"])
        .env_remove("CARGO_TARGET_DIR")
        .env("CARGO_NET_OFFLINE", "true");
    let mut running = Running::spawn(command, project.folder.path());
    running.wait_until_ready();
    let caller = running.caller();
    assert_eq!(caller.get("/api/echo/x").body, "one");

    put(
        &project,
        "src/main.rs",
        &MAIN.replace("fn main() {", "fn main() { nonsense"),
    );
    assert_eq!(changed(&mut running), ["src/main.rs"]);
    let is_failure = |event: &Value| {
        let text = event["text"].as_str().unwrap_or_default();
        event["event"] == "note" && text.contains("small could not be built")
    };
    running.event(is_failure);
    assert_eq!(caller.get("/api/echo/x").body, "one");

    put(&project, "src/main.rs", &MAIN.replace("one", "two"));
    restarted(&mut running);
    assert_eq!(caller.get("/api/echo/x").body, "two");
    assert!(!running.seen.iter().any(|event| {
        event["event"] == "changed" && event["files"].to_string().contains("bin/")
    }));

    // A comment makes the same program.
    put(
        &project,
        "src/main.rs",
        &format!("{}// the same\n", MAIN.replace("one", "two")),
    );
    running.event(|event| {
        event["event"] == "note"
            && event["text"]
                .as_str()
                .unwrap()
                .contains("the same as before")
    });
}

#[test]
fn without_watch_an_edit_is_named_once_and_nothing_is_started() {
    let project = Project::new();
    let mut running = project.start(&[]);
    running.environment();
    let mut named = Vec::new();
    put(&project, "server.py", "");
    project.host_json("", "functionTimeout", json!("00:01:00"));
    named.extend(changed(&mut running));
    project.host_json("", "functionTimeout", json!("00:02:00"));
    project.function("Echo", "required", json!({"route": "echo/{*rest}"}));
    named.extend(changed(&mut running));
    project.settings(json!({}));
    named.extend(changed(&mut running));
    assert_eq!(
        named,
        ["host.json", "Echo/function.json", "local.settings.json"]
    );
    let last = running.seen.last().unwrap();
    assert_eq!(last["consequence"], "restart or use --watch");
    assert_eq!(running.caller().get("/api/echo/x").status, 200);
    assert_eq!(started(&running), 1);
}
