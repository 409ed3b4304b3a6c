//! The handler as a child process, and first-run problems.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::project::Project;
use crate::running::Running;

fn is_alive(id: &Value) -> bool {
    std::path::Path::new(&format!("/proc/{id}/stat"))
        .exists()
        .then(|| std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default())
        .is_some_and(|stat| !stat.contains(") Z "))
}

fn gone_within_seconds(id: &Value) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while is_alive(id) {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

#[test]
fn the_handler_is_started_as_the_host_starts_it() {
    let project = Project::new();
    project.settings(json!({"TEST_SETTING": "from the file"}));
    project.host_json(
        "/customHandler/description",
        "workingDirectory",
        json!("Echo"),
    );
    let mut running = project.start(&[]);
    let environment = running.environment();
    let folder = project.folder.path().canonicalize().unwrap();
    assert_eq!(environment["root"], json!(folder));
    assert_eq!(environment["folder"], json!(folder.join("Echo")));
    assert_eq!(environment["legacyPort"], environment["port"].to_string());
    assert_eq!(environment["worker"], environment["legacyWorker"]);
    assert_eq!(environment["setting"], "from the file");
    assert_eq!(environment["frontEnd"], "development");
    let ready = running
        .seen
        .iter()
        .find(|event| event["event"] == "ready")
        .unwrap();
    assert_eq!(environment["allowed"], ready["allowed"]["sha256"]);
}

#[test]
fn a_list_of_ones_own_is_left_alone_and_nothing_else_is_called_listed() {
    let project = Project::new();
    project.settings(json!({"ALLOWED_CLIENT_CERT_COMMON_NAMES": "partner", "CLIENT_CERT_FRONT_END": "app-service"}));
    let mut running = project.start(&[]);
    let environment = running.environment();
    assert_eq!(environment["allowed"], Value::Null);
    assert_eq!(environment["frontEnd"], "app-service");
    let listed = |running: &Running| {
        let ready = running
            .seen
            .iter()
            .find(|event| event["event"] == "ready")
            .unwrap();
        ["allowed", "denied"].map(|name| ready[name]["listed"].as_bool().unwrap())
    };
    assert_eq!(listed(&running), [false, false]);
    let text = Running::launch(
        project.folder.path(),
        &["local", "--port", "0", "--no-build"],
    );
    let greeting = text.lines_until("Requests:");
    let allowed = greeting
        .iter()
        .find(|line| line.contains("allowed.pfx  CN="))
        .unwrap();
    assert!(
        allowed.contains("(not listed in this run)"),
        "{greeting:#?}"
    );
    assert_eq!(listed(&Project::new().start(&[])), [true, false]);
}

#[test]
fn a_killed_handler_is_restarted_on_the_same_port_and_the_third_error_ends_everything() {
    let project = Project::new();
    let mut running = project.start(&[]);
    let first = running.environment();
    let caller = running.caller();
    assert_eq!(caller.get("/api/echo/crash").status, 500);
    let second = running.event(|event| event["line"]["event"] == "environment")["line"].clone();
    assert_eq!(second["port"], first["port"]);
    assert_ne!(second["worker"], first["worker"]);
    assert_eq!(caller.get("/api/echo/x").status, 200);
    assert_eq!(caller.get("/api/echo/crash").status, 500);
    running.event(|event| event["line"]["event"] == "environment");
    assert_eq!(caller.get("/api/echo/x").status, 200);
    caller.get("/api/echo/crash");
    let (status, errors) = running.end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("would shut down"), "{errors}");
}

#[test]
fn a_handler_that_never_starts_well_ends_everything_after_three_tries() {
    let project = Project::new();
    project.settings(json!({"TEST_CRASHES": "1"}));
    let (status, errors) = project.launch(&[]).end();
    assert_eq!(status.code(), Some(1), "{errors}");
    assert!(errors.contains("exit code 3"), "{errors}");
}

#[test]
fn exit_64_at_start_is_a_wrong_configuration_and_is_tried_once() {
    let project = Project::new();
    project.settings(json!({"TEST_MISCONFIGURED": "1"}));
    let mut running = project.launch(&[]);
    let line = running.event(|event| event["stream"] == "stderr");
    assert_eq!(line["line"], "TEST_SETTING: expected a, found b");
    let (status, errors) = running.end();
    assert_eq!(status.code(), Some(64), "{errors}");
    assert!(errors.contains("configuration is wrong"), "{errors}");
}

#[test]
fn a_function_that_runs_out_of_time_costs_the_process() {
    let project = Project::new();
    project.host_json("", "functionTimeout", json!("00:00:01"));
    let mut running = project.start(&[]);
    let first = running.environment();
    assert_eq!(running.caller().get("/api/echo/slow").status, 500);
    assert_eq!(
        running.request("/api/echo/slow")["stopped"],
        "host: function timed out"
    );
    running.event(|event| event["line"]["event"] == "environment");
    assert!(gone_within_seconds(&first["pid"]));
    assert_eq!(running.caller().get("/api/echo/x").status, 200);
}

#[test]
fn a_signal_stops_everything_cleanly() {
    for signal in ["INT", "TERM"] {
        let mut running = Project::new().start(&[]);
        let handler = running.environment()["pid"].clone();
        assert!(is_alive(&handler));
        running.signal(signal);
        let (status, errors) = running.end();
        assert_eq!((status.code(), errors.as_str()), (Some(0), ""), "{signal}");
        assert!(gone_within_seconds(&handler), "{signal}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_mtls_leaves_no_handler_behind() {
    let mut running = Project::new().start(&[]);
    let handler = running.environment()["pid"].clone();
    running.signal("KILL");
    assert!(gone_within_seconds(&handler));
}

#[test]
fn a_missing_program_says_what_to_do() {
    let project = Project::with_program("bin/handler", &[]);
    let (status, errors) = project.launch(&[]).end();
    assert_eq!(status.code(), Some(64), "{errors}");
    assert!(
        errors.contains("bin/handler") && errors.contains("mtls build"),
        "{errors}"
    );
}

#[test]
fn first_run_problems_say_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let (status, errors) = Running::launch(empty.path(), &["local", "--port", "0"]).end();
    assert_eq!(status.code(), Some(64));
    assert!(errors.contains("host.json"), "{errors}");
    assert!(!empty.path().join("certs").exists());

    // The port is taken before anything is built: a manifest that no cargo understands is not looked at.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let project = Project::with_program("bin/handler", &[]);
    std::fs::write(project.folder.path().join("Cargo.toml"), "nonsense").unwrap();
    let arguments = ["local", "--port", &port];
    let (status, errors) = Running::launch(project.folder.path(), &arguments).end();
    assert_eq!(status.code(), Some(64));
    assert!(
        errors.contains("--port") && !errors.contains("Cargo.toml"),
        "{errors}"
    );
    drop(taken);
    let (status, errors) = Running::launch(project.folder.path(), &["local", "--port", "0"]).end();
    assert_eq!(status.code(), Some(64));
    assert!(
        errors.contains("Cargo.toml: expected a manifest"),
        "{errors}"
    );
}

#[test]
fn wrong_settings_and_functions_are_reported_together() {
    let project = Project::new();
    project.settings(json!({"A": 1, "B": ["secret"]}));
    project.function("Bad", "sometimes", json!({}));
    let (status, errors) = project.launch(&[]).end();
    assert_eq!(status.code(), Some(64));
    for part in ["Values.A", "Values.B", "Bad/function.json"] {
        assert!(errors.contains(part), "{part}: {errors}");
    }
    assert!(!errors.contains("secret"), "{errors}");
}
