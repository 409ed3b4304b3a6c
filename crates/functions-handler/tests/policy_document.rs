//! A policy document in front of the real program: taken at the start, replaced while it runs.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::Shape;
use common::process::{Answer, Handler, get};
use serde_json::{Value, json};
use test_support::Issued;
use test_support::crl::List;

const SECURED: &str = "/api/SecuredFunction";

/// Longest time from an edit to its effect, as the documentation promises it.
const EFFECT: Duration = Duration::from_secs(2);

/// How much longer a test waits for an effect before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

fn caller(name: &str) -> Issued {
    Shape::caller(name).valid_today().self_signed()
}

/// A document whose callers are pinned.
fn pinned(callers: &[(&str, &Issued)]) -> Value {
    let callers = callers.iter().map(|(name, certificate)| {
        json!({"name": name, "roles": ["clerk"], "any": [{"sha256": certificate.sha256()}]})
    });
    json!({"version": 1, "callers": callers.collect::<Vec<_>>()})
}

/// Puts a file in place as a deployment does: whole, under its name.
fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) {
    let beside = folder.join(format!("{name}.new"));
    fs::write(&beside, content).unwrap();
    fs::rename(&beside, folder.join(name)).unwrap();
}

fn start(document: &Value) -> (Handler, std::path::PathBuf) {
    let root = common::fixture().app_root();
    let folder = root.path().to_owned();
    put(&folder, "policy.json", document.to_string());
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    (common::fixture().start_in(root, &settings), folder)
}

fn status(handler: &Handler, certificate: &Issued) -> u16 {
    let Answer { status, .. } = handler.get(SECURED, Some(&certificate.header()));
    status
}

/// Waits until a caller's calls have this status, and gives the time that it took.
fn until(handler: &Handler, certificate: &Issued, expected: u16) -> Duration {
    let began = Instant::now();
    while status(handler, certificate) != expected {
        assert!(
            began.elapsed() < PATIENCE,
            "no {expected} within {PATIENCE:?}"
        );
        thread::yield_now();
    }
    began.elapsed()
}

fn event<'a>(name: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |line| line["event"] == name
}

#[test]
fn a_document_says_who_is_admitted_and_each_line_says_by_which() {
    let (partner, stranger) = (caller("partner"), caller("stranger"));
    let (handler, _) = start(&pinned(&[("billing", &partner)]));
    assert_eq!(
        [status(&handler, &partner), status(&handler, &stranger)],
        [200, 401]
    );
    let admitted = handler.line(|line| line["outcome"] == "allow");
    assert_eq!(admitted["caller"], "billing");
    assert_eq!(admitted["roles"], json!(["clerk"]));
    let version = admitted["policy"].as_str().unwrap();
    assert_eq!(version.len(), 12, "{version}");
    let refused = handler.line(|line| line["outcome"] == "deny");
    assert_eq!(refused["policy"], version);
}

#[test]
fn an_edit_takes_effect_and_one_that_does_not_load_changes_nothing() {
    let (old, new) = (caller("old"), caller("new"));
    let (handler, folder) = start(&pinned(&[("old", &old)]));
    assert_eq!([status(&handler, &old), status(&handler, &new)], [200, 401]);
    put(&folder, "policy.json", pinned(&[("new", &new)]).to_string());
    let took = until(&handler, &new, 200);
    assert_eq!(status(&handler, &old), 401);
    let line = handler.line(event("policy-loaded"));
    assert_ne!(line["policy"], line["replaced"]);
    println!("an edit took effect after {took:?}; {EFFECT:?} are promised");
    put(
        &folder,
        "policy.json",
        r#"{"version": 1, "callers": [{"name": "two words"}], "denid": []}"#,
    );
    let refused = handler.line(event("policy-refused"));
    assert_eq!(refused["policy"], line["policy"], "what is in force");
    let problems = refused["problems"].to_string();
    for found in ["$.callers[0].name", "$.callers[0]", "denid", "denied"] {
        assert!(problems.contains(found), "{found}: {problems}");
    }
    assert_eq!([status(&handler, &old), status(&handler, &new)], [401, 200]);
    put(&folder, "policy.json", pinned(&[("old", &old)]).to_string());
    until(&handler, &old, 200);
}

/// The files of certificates belong to the document: a renewed authority takes effect with it.
#[test]
fn a_change_of_a_file_that_the_document_names_takes_effect() {
    let [first, second] =
        ["First", "Second"].map(|name| Shape::authority(name).valid_today().self_signed());
    let [of_first, of_second] =
        [&first, &second].map(|authority| authority.issue(Shape::caller("partner").valid_today()));
    let root = common::fixture().app_root();
    let folder = root.path().to_owned();
    fs::create_dir(folder.join("trust")).unwrap();
    put(&folder, "trust/root.pem", first.pem());
    let rule = json!({"domain": "partners", "commonName": "partner"});
    let document = json!({
        "version": 1,
        "trustDomains": {"partners": {"anchors": ["trust/root.pem"]}},
        "callers": [{"name": "partner", "any": [rule]}],
    });
    put(&folder, "policy.json", document.to_string());
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let handler = common::fixture().start_in(root, &settings);
    assert_eq!(
        [status(&handler, &of_first), status(&handler, &of_second)],
        [200, 401]
    );
    put(&folder, "trust/root.pem", second.pem());
    until(&handler, &of_second, 200);
    assert_eq!(status(&handler, &of_first), 401);
    fs::remove_file(folder.join("trust/root.pem")).unwrap();
    handler.line(event("policy-refused"));
    assert_eq!(
        status(&handler, &of_second),
        200,
        "a file that is gone changes nothing"
    );
}

#[test]
#[cfg(unix)]
fn sighup_loads_again_and_reports() {
    let partner = caller("partner");
    let (handler, _) = start(&pinned(&[("billing", &partner)]));
    handler.signal("HUP");
    let line = handler.line(event("policy-loaded"));
    assert_eq!(line["policy"], line["replaced"], "nothing changed");
    assert_eq!(status(&handler, &partner), 200);
}

/// Ends what waits for the flag, also where the test fails before it gets there.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// 32 connections while the policy changes: a caller whom every version lists is never refused, and a stranger never admitted.
#[test]
fn no_answer_is_wrong_while_the_document_is_edited_under_load() {
    let (partner, other, stranger) = (caller("partner"), caller("other"), caller("stranger"));
    let (handler, folder) = start(&pinned(&[("partner", &partner)]));
    let (stop, port) = (AtomicBool::new(false), handler.port);
    let ask = |certificate: &Issued, expected: u16| {
        let mut answered = 0;
        let request = get(SECURED, Some(&certificate.header()));
        while !stop.load(Ordering::Relaxed) {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            assert_eq!(Answer::read(&mut stream).unwrap().status, expected);
            answered += 1;
        }
        answered
    };
    thread::scope(|scope| {
        let stopping = StopAtEnd(&stop);
        let asking: Vec<_> = (0..32)
            .map(|number| match number % 2 {
                0 => scope.spawn(|| ask(&partner, 200)),
                _ => scope.spawn(|| ask(&stranger, 401)),
            })
            .collect();
        for turn in 0..4 {
            let admits_other = turn % 2 == 0;
            let document = match admits_other {
                true => pinned(&[("other", &other), ("partner", &partner)]),
                false => pinned(&[("partner", &partner)]),
            };
            put(&folder, "policy.json", document.to_string());
            let took = until(&handler, &other, if admits_other { 200 } else { 401 });
            println!("an edit under load took effect after {took:?}; {EFFECT:?} are promised");
        }
        drop(stopping);
        for asking in asking {
            assert!(asking.join().unwrap() > 0, "each connection was answered");
        }
    });
}

#[test]
fn a_policy_that_is_tried_is_reported_and_a_broken_one_is_switched_off() {
    let (partner, other) = (caller("partner"), caller("other"));
    let mut document = pinned(&[("partner", &partner)]);
    document["reportOnly"] = json!("next.json");
    let root = common::fixture().app_root();
    let folder = root.path().to_owned();
    put(&folder, "policy.json", document.to_string());
    put(
        &folder,
        "next.json",
        pinned(&[("other", &other)]).to_string(),
    );
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let handler = common::fixture().start_in(root, &settings);
    assert_eq!(
        [status(&handler, &partner), status(&handler, &other)],
        [200, 401]
    );
    let line = handler.line(event("report-only"));
    assert_eq!(
        (&line["inForce"]["outcome"], &line["reportOnly"]["reason"]),
        (&json!("allow"), &json!("not-listed"))
    );
    put(&folder, "next.json", "{");
    let loaded = handler.line(event("policy-loaded"));
    assert!(
        loaded["notes"].to_string().contains("no policy is tried"),
        "{loaded}"
    );
    assert_eq!(
        [status(&handler, &partner), status(&handler, &other)],
        [200, 401]
    );
}

/// A list that is put beside the document revokes within the same time as an edit; without one nothing is known, and nobody
/// admitted.
#[test]
fn a_revocation_list_beside_the_document_takes_effect() {
    let root = Shape::authority("Root").valid_today().self_signed();
    let [partner, other] =
        ["partner", "other"].map(|name| root.issue(Shape::caller(name).valid_today()));
    let folder = common::fixture().app_root();
    let path = folder.path().to_owned();
    fs::create_dir(path.join("trust")).unwrap();
    put(&path, "trust/root.pem", root.pem());
    let rules = ["partner", "other"].map(|name| json!({"domain": "partners", "commonName": name}));
    let document = json!({
        "version": 1,
        "trustDomains": {"partners": {"anchors": ["trust/root.pem"], "revocation": {"crls": ["trust/root.crl"]}}},
        "callers": [{"name": "partner", "any": rules}],
    });
    put(&path, "policy.json", document.to_string());
    let settings = [
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", "policy.json"),
    ];
    let handler = common::fixture().start_in(folder, &settings);
    assert_eq!(
        [status(&handler, &partner), status(&handler, &other)],
        [401, 401]
    );
    let refused = handler.decision();
    assert_eq!(
        (&refused["reason"], &refused["revocation"]),
        (&json!("revocation-unknown"), &json!("unknown"))
    );
    let today = test_support::today();
    let list = |revoked: &[&Issued]| List {
        this_update: today - 60,
        next_update: Some(today + 3600),
        ..List::of(revoked)
    };
    put(&path, "trust/root.crl", list(&[]).signed_by(&root));
    until(&handler, &partner, 200);
    let admitted = handler.line(|line| line["outcome"] == "allow");
    assert_eq!(admitted["revocation"], "good");
    put(&path, "trust/root.crl", list(&[&partner]).signed_by(&root));
    until(&handler, &partner, 401);
    assert_eq!(status(&handler, &other), 200);
    let refused = handler.line(|line| line["revocation"] == "revoked");
    assert_eq!(refused["reason"], "certificate-revoked");
}
