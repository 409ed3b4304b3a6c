//! `mtls local` with the callers' authority that it makes: admitted by the document beside it, refused once they are revoked.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::project::Project;
use crate::running::Running;

const SECURED: &str = "/api/SecuredFunction";

/// How long a test waits for a revocation to take effect before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// With the policy document that the tool makes.
const POLICY: [&str; 2] = ["--policy", "certs/policy.json"];

fn statuses(running: &Running) -> [u16; 5] {
    let names = [
        "allowed",
        "denied",
        "callers/billing",
        "callers/robot",
        "callers/jane",
    ];
    names.map(|name| running.caller().named(name).get(SECURED).status)
}

/// Runs the tool beside the one that serves.
fn revoke(project: &Project, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_mtls"))
        .args(["certificate", "revoke"])
        .args(arguments)
        .current_dir(project.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn callers_of_the_authority_are_admitted_by_its_document_alone() {
    let project = Project::real();
    assert_eq!(statuses(&project.start(&[])), [200, 401, 401, 401, 401]);
    assert_eq!(statuses(&project.start(&POLICY)), [200, 401, 200, 200, 200]);
}

/// The revoked caller, then all of them: the intermediate is looked up too.
#[test]
fn a_revoked_caller_is_refused_while_the_handler_runs() {
    let project = Project::real();
    let mut running = project.start(&POLICY);
    assert_eq!(statuses(&running), [200, 401, 200, 200, 200]);
    let root = ["--issuer", "certs/callers/root.key"];
    for (revoked, expected) in [
        (
            &["certs/callers/robot.pem", "--reason", "key-compromise"][..],
            [200, 401, 200, 401, 200],
        ),
        (
            &["certs/callers/intermediate.pem", root[0], root[1]],
            [200, 401, 401, 401, 401],
        ),
    ] {
        revoke(&project, revoked);
        let began = Instant::now();
        while statuses(&running) != expected {
            assert!(began.elapsed() < PATIENCE, "{revoked:?} has no effect");
        }
    }
    running.event(|event| event["reason"] == "certificate-revoked");
}

#[test]
fn the_greeting_says_what_there_is_to_try_and_then_how_to_go_on() {
    let project = Project::real();
    for (arguments, expected, unexpected) in [
        (
            &[][..],
            "revocation: mtls local --policy certs/policy.json",
            "billing.pfx",
        ),
        (
            &POLICY,
            "certs/callers/robot.pfx  CN=robot-7  (listed in this run for robots)",
            "mtls local --policy",
        ),
        (
            &POLICY,
            "--cert 'certs/callers/jane.pfx:",
            "mtls local --policy",
        ),
        (
            &POLICY,
            "certs/denied.pfx  CN=Denied Caller  (denied in this run)",
            "mtls local --policy",
        ),
        (
            &POLICY,
            "mtls certificate revoke certs/callers/robot.pem",
            "mtls local --policy",
        ),
    ] {
        let arguments = [&["local", "--port", "0", "--no-build"], arguments].concat();
        let running = Running::launch(project.folder.path(), &arguments);
        let greeting = running.lines_until("Requests:").join("\n");
        assert!(greeting.contains(expected), "{expected}: {greeting}");
        assert!(!greeting.contains(unexpected), "{unexpected}: {greeting}");
    }
}

/// A folder that cannot be used is a note: the four calls of the README go on without it.
#[test]
fn somebody_elses_file_in_the_callers_folder_stops_nothing() {
    let project = Project::real();
    let folder = project.folder.path().join("certs/callers");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("root.key"), "mine").unwrap();
    let arguments = ["local", "--port", "0", "--no-build"];
    let greeting = Running::launch(project.folder.path(), &arguments).lines_until("Requests:");
    let greeting = greeting.join("\n");
    assert!(
        greeting.contains("certs/callers/root.key: expected a test certificate"),
        "{greeting}"
    );
    assert!(!greeting.contains("--policy"), "{greeting}");
    assert_eq!(statuses_of_two(&project.start(&[])), [200, 401]);
    assert_eq!(std::fs::read(folder.join("root.key")).unwrap(), b"mine");
}

fn statuses_of_two(running: &Running) -> [u16; 2] {
    ["allowed", "denied"].map(|name| running.caller().named(name).get(SECURED).status)
}
