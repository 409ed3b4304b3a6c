//! `mtls policy convert`: what the document decides is what the lists decide.

use std::time::Duration;

use app_settings::Environment;
use client_cert::{Certificate, Fitness, FrontEnd, Policy, evaluate};
use functions_handler::config::Settings;
use policy_source::load;
use rustls_pki_types::UnixTime;

use crate::common::{DAY, Issued, NOW, Shape};
use crate::folder::Folder;

fn settings(folder: &Folder, settings: &[(&str, &str)]) {
    let lines = settings
        .iter()
        .map(|(name, value)| format!("{name}={value}\n"));
    folder.write("app.settings", lines.collect::<String>());
}

fn loaded(folder: &Folder, document: &str) -> Policy {
    let files = policy_source::Folder::of_document(&folder.path().join("policy.json"));
    let read = |name: &policy_source::RelativeName| files.read(name);
    load(
        document.as_bytes(),
        FrontEnd::AppService,
        Fitness::default(),
        read,
    )
    .unwrap()
    .policy
}

/// Whether the policy admits the certificate, and by which rule; or why not.
fn verdict(policy: &Policy, caller: &Issued) -> (Vec<String>, Vec<String>) {
    let certificate = Certificate::parse(&caller.der()).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW.try_into().unwrap()));
    let evaluation = evaluate(policy, &certificate, now);
    let (mut admitting, mut denials) = (Vec::new(), Vec::new());
    for candidate in evaluation.candidates() {
        let conditions = candidate.rule().conditions().iter();
        if candidate.admits() {
            admitting.extend(conditions.map(ToString::to_string));
        }
        denials.extend(candidate.denials().iter().map(ToString::to_string));
    }
    (admitting, denials)
}

#[test]
fn the_document_decides_what_the_lists_decide() {
    let folder = Folder::new();
    let shape = Shape::caller;
    let root = Shape::authority("Root").self_signed();
    let sub = root.issue(Shape::authority("Sub"));
    folder.write("certs/root.pem", root.pem());
    folder.write("certs/sub.pem", sub.pem());
    let pinned = shape("pinned").self_signed();
    let by_sha1 = shape("by sha1").self_signed();
    let expired = Shape {
        not_after: NOW - 1,
        not_before: NOW - DAY,
        ..shape("Heron, Ltd.")
    };
    let table = [
        pinned.clone(),
        by_sha1.clone(),
        sub.issue(shape("Heron, Ltd.")),
        root.issue(shape("egret")),
        sub.issue(shape("Egret")),
        sub.issue(expired),
        shape("egret").self_signed(),
        folder.root.issue(shape("egret")),
        shape("stranger").self_signed(),
    ];
    let thumbprints = format!("{}, {}", pinned.sha256(), by_sha1.sha1().to_uppercase());
    let listed = [
        ("CLIENT_CERT_FRONT_END", "app-service"),
        ("ALLOWED_CLIENT_CERT_THUMBPRINTS", thumbprints.as_str()),
        (
            "ALLOWED_CLIENT_CERT_COMMON_NAMES",
            r#"["Heron, Ltd.", "egret"]"#,
        ),
        ("CLIENT_CERT_TRUST_ANCHORS", "certs/root.pem"),
        ("CLIENT_CERT_INTERMEDIATES", "certs/sub.pem; trust/sub.pem"),
    ];
    settings(&folder, &listed);
    let answer = folder.run(&[
        "convert",
        "--settings",
        "app.settings",
        "--output",
        "policy.json",
    ]);
    assert_eq!(answer.code, 0, "{answer:?}");
    let placed = [("WEBSITE_INSTANCE_ID", "a test")];
    let environment: Environment = listed.into_iter().chain(placed).collect();
    let lists = Settings::load(&environment, folder.path()).unwrap().policy;
    let document = loaded(&folder, &folder.read("policy.json"));
    let admitted: Vec<bool> = table
        .iter()
        .map(|caller| {
            let [one, other] = [&lists, &document].map(|policy| verdict(policy, caller));
            assert_eq!(one, other, "{}", folder.read("policy.json"));
            !one.0.is_empty()
        })
        .collect();
    let yes = [true, true, true, true, false, false, false, false, false];
    assert_eq!(admitted, yes);
    // A pin and a name of one certificate are one caller's, as in the lists.
    assert_eq!(document.callers().count(), 1);
    let answer = folder.run(&[
        "convert",
        "--settings",
        "app.settings",
        "--output",
        "policy.json",
    ]);
    assert_eq!(answer.code, 64, "{answer:?}");
    let answer = folder.run(&[
        "convert",
        "--settings",
        "app.settings",
        "--output",
        "policy.json",
        "--force",
        "--name",
        "partner",
    ]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(folder.read("policy.json").contains("\"name\": \"partner\""));
}

#[test]
fn files_are_named_from_the_documents_folder_and_those_outside_are_refused() {
    let folder = Folder::new();
    settings(
        &folder,
        &[
            ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "a"),
            ("CLIENT_CERT_TRUST_ANCHORS", "trust/root.pem"),
        ],
    );
    let answer = folder.run(&[
        "convert",
        "--settings",
        "app.settings",
        "--output",
        "trust/policy.json",
    ]);
    assert_eq!(answer.code, 0, "{answer:?}");
    assert!(
        folder
            .read("trust/policy.json")
            .contains(r#""anchors": ["root.pem"]"#)
    );
    folder.write("other/keep", "");
    let answer = folder.run(&[
        "convert",
        "--settings",
        "app.settings",
        "--output",
        "other/policy.json",
    ]);
    assert_eq!(answer.code, 64, "{answer:?}");
    assert!(
        answer.stderr.contains("CLIENT_CERT_TRUST_ANCHORS: entry 1"),
        "{answer:?}"
    );
}

#[test]
fn settings_with_which_the_handler_would_not_start_are_reported_as_there() {
    let folder = Folder::new();
    settings(
        &folder,
        &[
            ("ALLOWED_CLIENT_CERT_THUMBPRINTS", "xyz"),
            ("ALLOWED_CLIENT_CERT_COMMON_NAMES", "a"),
        ],
    );
    let answer = folder.run(&["convert", "--settings", "app.settings"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (64, ""));
    assert_eq!(answer.stderr.lines().count(), 2, "{answer:?}");
    settings(&folder, &[("CLIENT_CERT_POLICY", "policy.json")]);
    let answer = folder.run(&["convert", "--settings", "app.settings"]);
    assert_eq!(answer.code, 64);
    assert!(
        answer.stderr.contains("found a policy document"),
        "{answer:?}"
    );
}
