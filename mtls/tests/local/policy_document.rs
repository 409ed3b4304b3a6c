//! `mtls local` with a policy document: taken at the start, loaded again when it is edited.

use std::time::{Duration, Instant};

use openssl::hash::MessageDigest;
use openssl::x509::X509;
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::project::Project;
use crate::running::Running;

const SECURED: &str = "/api/SecuredFunction";

/// How long a test waits for an edit to take effect before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// The SHA-256 thumbprint of a test certificate.
fn thumbprint(project: &Project, name: &str) -> String {
    let file = project.folder.path().join(format!("certs/{name}.pem"));
    let certificate = X509::from_pem(&std::fs::read(file).unwrap()).unwrap();
    test_support::hex(&certificate.digest(MessageDigest::sha256()).unwrap())
}

/// Puts a document in place that pins these certificates, each under a caller's name.
fn put(project: &Project, callers: &[(&str, &str)]) {
    let callers = callers.iter().map(
        |(caller, name)| json!({"name": caller, "any": [{"sha256": thumbprint(project, name)}]}),
    );
    let document = json!({"version": 1, "callers": callers.collect::<Vec<_>>()});
    put_text(project, &document.to_string());
}

fn put_text(project: &Project, text: &str) {
    let beside = project.folder.path().join("policy.json.new");
    std::fs::write(&beside, text).unwrap();
    std::fs::rename(&beside, project.folder.path().join("policy.json")).unwrap();
}

fn start(project: &Project) -> Running {
    project.settings(json!({"CLIENT_CERT_POLICY": "policy.json"}));
    project.start(&[])
}

fn standing(running: &Running) -> Value {
    let mut events = running.seen.iter();
    let ready = events.find(|event| event["event"] == "ready").unwrap();
    json!(["allowed", "denied"].map(|name| [&ready[name]["listed"], &ready[name]["callers"]]))
}

fn statuses(caller: &Caller) -> [u16; 2] {
    ["allowed", "denied"].map(|name| caller.named(name).get(SECURED).status)
}

#[test]
fn an_edited_document_takes_effect_and_a_broken_one_changes_nothing() {
    let project = Project::real();
    put(&project, &[("billing", "allowed")]);
    let mut running = start(&project);
    assert_eq!(
        standing(&running),
        json!([[true, ["billing"]], [false, []]])
    );
    let caller = running.caller();
    assert_eq!(statuses(&caller), [200, 401]);
    assert_eq!(running.request(SECURED)["outcome"], "allow");

    put(&project, &[("robots", "denied")]);
    let began = Instant::now();
    while statuses(&caller) != [401, 200] {
        assert!(began.elapsed() < PATIENCE, "the edit has no effect");
    }
    put_text(&project, r#"{"version": 1, "calers": []}"#);
    let refused = running.event(|event| event["line"]["event"] == "policy-refused");
    let problems = refused["line"]["problems"].to_string();
    assert!(problems.contains("callers"), "{problems}");
    assert_eq!(statuses(&caller), [401, 200]);
}

#[test]
fn the_greeting_says_whom_the_document_lists_and_whom_it_denies() {
    let project = Project::real();
    let denied = json!([{"sha256": thumbprint(&project, "denied")}]);
    let any = json!([{"sha256": thumbprint(&project, "allowed")}]);
    let document =
        json!({"version": 1, "callers": [{"name": "billing", "any": any}], "denied": denied});
    put_text(&project, &document.to_string());
    project.settings(json!({"CLIENT_CERT_POLICY": "policy.json"}));
    let arguments = ["local", "--port", "0", "--no-build"];
    let greeting = Running::launch(project.folder.path(), &arguments)
        .lines_until("Requests:")
        .join("\n");
    assert!(
        greeting.contains("CN=Allowed Caller  (listed in this run for billing)"),
        "{greeting}"
    );
    assert!(
        greeting.contains("CN=Denied Caller  (denied in this run)"),
        "{greeting}"
    );
}
