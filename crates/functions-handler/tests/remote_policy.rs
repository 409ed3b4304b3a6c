//! A policy document at a URL, and revocation lists at URLs, in front of the real program: a store of the tests' own over TLS,
//! which is trusted by the system's variable for authorities.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant, UNIX_EPOCH};

use common::Shape;
use common::process::{Answer, Handler, get};
use openssl::ssl::SslVersion;
use policy_source::{ManagedIdentity, RemoteEvent, RemoteOptions, RemotePolicy, StoreTrust};
use serde_json::{Value, json};
use test_support::crl::List;
use test_support::hierarchy::root;
use test_support::partner::{Manner, Partner, status as answer_status};
use test_support::{Issued, within};

const SECURED: &str = "/api/SecuredFunction";
const PUBLIC: &str = "/api/PublicFunction";

/// How long a test waits for an effect before it fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store whose answers can be changed and held back.
struct Store {
    partner: Partner,
    shelf: Arc<Shelf>,
    folder: tempfile::TempDir,
}

#[derive(Default)]
struct Shelf {
    answers: Mutex<HashMap<String, String>>,
    held: Mutex<bool>,
    released: Condvar,
}

impl Shelf {
    fn answer(&self, head: &str) -> String {
        let mut held = self.held.lock().unwrap();
        while *held {
            let (lock, waited) = self.released.wait_timeout(held, PATIENCE).unwrap();
            held = lock;
            assert!(!waited.timed_out());
        }
        drop(held);
        let target = head.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        let answers = self.answers.lock().unwrap();
        let found = answers.get(path).cloned();
        found.unwrap_or_else(|| answer_status("404 Not Found"))
    }

    fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }
}

impl Store {
    fn new() -> Self {
        let authority = root("Store Root");
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("store.pem"),
            authority.certificate.to_pem().unwrap(),
        )
        .unwrap();
        let shelf = Arc::<Shelf>::default();
        let answering = Arc::clone(&shelf);
        let partner = Partner::start(Manner {
            version: SslVersion::TLS1_3,
            suite: None,
            signed_by: authority,
            trusts: None,
            answer: Arc::new(move |request| answering.answer(&request.head)),
        });
        Self {
            partner,
            shelf,
            folder,
        }
    }

    /// From now on a path gives this.
    fn put(&self, path: &str, content: &str) {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nETag: \"{:x}\"\r\nContent-Length: {}\r\n\r\n{content}",
            content.len(),
            content.len()
        );
        self.gives(path, answer);
    }

    fn gives(&self, path: &str, answer: String) {
        self.shelf
            .answers
            .lock()
            .unwrap()
            .insert(path.to_owned(), answer);
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("copies")
    }

    fn start(&self, more: &[(&str, &str)]) -> Handler {
        let url = self.partner.url("/c/policy.json?sig=hunter2");
        let authorities = self.folder.path().join("store.pem");
        let cache = self.cache();
        let settings: Vec<(&str, &str)> = [
            ("CLIENT_CERT_FRONT_END", "development"),
            ("CLIENT_CERT_POLICY", url.as_str()),
            ("CLIENT_CERT_POLICY_CACHE", text(&cache)),
            ("SSL_CERT_FILE", text(&authorities)),
        ]
        .into_iter()
        .chain(more.iter().copied())
        .collect();
        common::fixture().start(&settings)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn caller(name: &str) -> Issued {
    Shape::caller(name).valid_today().self_signed()
}

fn pinned(name: &str, certificate: &Issued) -> String {
    json!({"version": 1, "callers": [{"name": name, "any": [{"sha256": certificate.sha256()}]}]})
        .to_string()
}

fn status(handler: &Handler, certificate: &Issued) -> u16 {
    handler.get(SECURED, Some(&certificate.header())).status
}

fn until(handler: &Handler, certificate: &Issued, expected: u16) {
    let began = Instant::now();
    while status(handler, certificate) != expected {
        assert!(
            began.elapsed() < PATIENCE,
            "no {expected} within {PATIENCE:?}"
        );
        thread::yield_now();
    }
}

fn event(name: &str) -> impl Fn(&Value) -> bool + '_ {
    move |line| line["event"] == name
}

/// No line, and nothing on standard error, has the signature.
fn end(handler: Handler) {
    let (lines, errors) = handler.end();
    let log: Vec<String> = lines.iter().map(Value::to_string).collect();
    assert!(!format!("{log:?} {errors}").contains("hunter2"));
}

/// The first call waits for the first fetch; a public function does not; what is fetched is in force, kept, and used by the next
/// start without the store.
#[test]
fn the_first_call_waits_for_the_document_and_the_next_start_has_the_copy() {
    let store = Store::new();
    let partner = caller("partner");
    store.put("/c/policy.json", &pinned("billing", &partner));
    store.shelf.hold(true);
    let handler = store.start(&[]);
    assert_eq!(handler.get(PUBLIC, None).status, 200);
    let mut waiting = handler.connect();
    let request = get(SECURED, Some(&partner.header()));
    waiting.write_all(request.as_bytes()).unwrap();
    assert_eq!(handler.get(PUBLIC, None).status, 200);
    store.shelf.hold(false);
    let first = Answer::read(&mut waiting).unwrap().status;
    assert_eq!(first, 200);
    let line = handler.line(|line| line["outcome"] == "allow");
    assert_eq!(line["caller"], "billing");
    assert_eq!(line["policy"].as_str().unwrap().len(), 12);
    until(&handler, &partner, 200);
    let deadline = Instant::now() + PATIENCE;
    while fs::read_dir(store.cache()).map_or(0, Iterator::count) < 2 {
        assert!(Instant::now() < deadline, "no copy");
        thread::yield_now();
    }
    end(handler);
    store.gives("/c/policy.json", answer_status("500 No"));
    let handler = store.start(&[]);
    assert_eq!(status(&handler, &partner), 200);
    let line = handler.line(event("policy-not-fetched"));
    assert_eq!(line["level"], "warning");
    assert!(
        line["problems"][0].as_str().unwrap().contains("500"),
        "{line}"
    );
    end(handler);
}

/// Without a document and without a copy the process lives: public functions answer, secured calls are refused for that reason,
/// and once the store has a document that loads it is in force.
#[test]
fn without_a_document_secured_calls_are_refused_until_there_is_one() {
    let store = Store::new();
    let partner = caller("partner");
    for (answer, expected, found) in [
        (
            answer_status("403 Forbidden"),
            "policy-not-fetched",
            "found none that has been fetched",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<html>please</html>\n".to_owned(),
            "policy-refused",
            "found one that does not load",
        ),
    ] {
        store.gives("/c/policy.json", answer);
        let handler = store.start(&[]);
        assert_eq!(handler.get(PUBLIC, None).status, 200);
        assert_eq!(status(&handler, &partner), 401);
        let line = handler.line(event(expected));
        assert_eq!(line["level"], "error", "{line}");
        let line = handler.line(|line| line["outcome"] == "deny");
        assert_eq!(line["reason"], "policy-unavailable");
        assert!(line["detail"].as_str().unwrap().contains(found), "{line}");
        store.put("/c/policy.json", &pinned("billing", &partner));
        handler.signal("HUP");
        until(&handler, &partner, 200);
        end(handler);
        fs::remove_dir_all(store.cache()).unwrap();
    }
}

/// A copy that an earlier version accepted and this one does not: it leaves the line of any document that does not load, and refusals
/// say so.
#[test]
fn a_copy_that_does_not_load_is_reported_as_any_document_is() {
    let store = Store::new();
    store.put("/c/policy.json", "{ \"version\": 1, \"callerz\": [] }");
    keep_copy(&store);
    store.gives("/c/policy.json", answer_status("500 No"));
    let handler = store.start(&[]);
    let line = handler.line(event("policy-refused"));
    assert_eq!(line["level"], "error");
    assert!(line["problems"].to_string().contains("callerz"), "{line}");
    assert_eq!(status(&handler, &caller("partner")), 401);
    let line = handler.line(|line| line["outcome"] == "deny");
    assert_eq!(line["reason"], "policy-unavailable");
    let detail = line["detail"].as_str().unwrap();
    assert!(detail.contains("found one that does not load"), "{detail}");
    end(handler);
}

/// Keeps what the store has as the last good copy, whatever it is.
fn keep_copy(store: &Store) {
    let url = store.partner.url("/c/policy.json").parse().unwrap();
    let nobody = ManagedIdentity::from_variables(|_| None).unwrap();
    let mut options = RemoteOptions::new(url, nobody, || {
        UNIX_EPOCH + Duration::from_secs(test_support::today().unsigned_abs())
    });
    options.trust = StoreTrust::Only(fs::read(store.folder.path().join("store.pem")).unwrap());
    options.cache = Some(store.cache());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut remote = RemotePolicy::new(options).unwrap();
        let RemoteEvent::Changed(snapshot) = within("the document", remote.next()).await else {
            panic!("expected the document")
        };
        remote.accept(&snapshot).await.unwrap();
    });
}

/// A process that was killed while it wrote a copy leaves a file of it.
#[test]
fn what_a_killed_process_left_of_a_copy_is_removed_at_the_start() {
    let store = Store::new();
    let partner = caller("partner");
    store.put("/c/policy.json", &pinned("billing", &partner));
    fs::create_dir(store.cache()).unwrap();
    let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let planted = [".client-cert-AbC123.unfinished", ".tmpAbC123", "notes.txt"];
    let paths = planted.map(|name| store.cache().join(name));
    for path in &paths {
        fs::File::create(path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
    }
    let handler = store.start(&[]);
    until(&handler, &partner, 200);
    let exist = paths.each_ref().map(|path| path.exists());
    assert_eq!(exist, [false, true, true]);
    end(handler);
}

/// A document that does not load changes nothing; the next one that does is in force.
#[test]
fn what_does_not_load_changes_nothing() {
    let store = Store::new();
    let (old, new) = (caller("old"), caller("new"));
    store.put("/c/policy.json", &pinned("old", &old));
    let handler = store.start(&[]);
    until(&handler, &old, 200);
    store.put(
        "/c/policy.json",
        "{ \"version\": 1, \"callers\": [ { \"nam\": 1 } ] }",
    );
    handler.signal("HUP");
    let line = handler.line(event("policy-refused"));
    assert!(
        line["problems"].to_string().contains("callers[0]"),
        "{line}"
    );
    assert_eq!([status(&handler, &old), status(&handler, &new)], [200, 401]);
    store.put("/c/policy.json", &pinned("new", &new));
    handler.signal("HUP");
    until(&handler, &new, 200);
    assert_eq!(status(&handler, &old), 401);
    end(handler);
}

/// A list at a URL takes effect apart from its document, and its copy is there at the next start.
#[test]
fn a_revocation_list_at_a_url_takes_effect_and_is_kept() {
    let store = Store::new();
    let root = Shape::authority("Root").valid_today().self_signed();
    let [partner, other] =
        ["partner", "other"].map(|name| root.issue(Shape::caller(name).valid_today()));
    let rules = ["partner", "other"].map(|name| json!({"domain": "partners", "commonName": name}));
    let list_url = store.partner.url("/lists/root.crl?sig=hunter2");
    let document = json!({
        "version": 1,
        "trustDomains": {"partners": {"anchors": ["trust/root.pem"], "revocation": {"crls": [list_url]}}},
        "callers": [{"name": "partner", "any": rules}],
    });
    store.put("/c/policy.json", &document.to_string());
    store.put("/c/trust/root.pem", &root.pem());
    let handler = store.start(&[]);
    until(&handler, &partner, 401);
    let refused = handler.line(|line| line["outcome"] == "deny");
    assert_eq!(refused["reason"], "revocation-unknown");
    handler.line(event("revocation-list-not-fetched"));
    let today = test_support::today();
    let list = |this_update: i64, revoked: &[&Issued]| {
        let list = List {
            this_update,
            next_update: Some(today + 3600),
            ..List::of(revoked)
        };
        let base64 = openssl::base64::encode_block(&list.signed_by(&root));
        format!("-----BEGIN X509 CRL-----\n{base64}\n-----END X509 CRL-----\n")
    };
    store.put("/lists/root.crl", &list(today - 60, &[]));
    handler.signal("HUP");
    until(&handler, &partner, 200);
    store.put("/lists/root.crl", &list(today - 30, &[&partner]));
    handler.signal("HUP");
    until(&handler, &partner, 401);
    assert_eq!(status(&handler, &other), 200);
    let refused = handler.line(|line| line["revocation"] == "revoked");
    assert_eq!(refused["reason"], "certificate-revoked");
    end(handler);
    store.gives("/lists/root.crl", answer_status("500 No"));
    store.gives("/c/policy.json", answer_status("500 No"));
    let handler = store.start(&[]);
    assert_eq!(
        [status(&handler, &partner), status(&handler, &other)],
        [401, 200]
    );
    end(handler);
}

/// The settings beside a URL are read, each mistake is reported, and none of them has an effect beside a file.
#[test]
fn mistakes_in_the_settings_of_a_url_stop_the_start() {
    for (settings, expected) in [
        (
            vec![(
                "CLIENT_CERT_POLICY",
                "http://a.example/policy.json?sig=hunter2",
            )],
            vec!["CLIENT_CERT_POLICY: expected an https URL"],
        ),
        (
            vec![
                (
                    "CLIENT_CERT_POLICY",
                    "https://a.example/policy.json?sig=hunter2",
                ),
                ("CLIENT_CERT_POLICY_MAX_AGE", "24"),
                ("CLIENT_CERT_POLICY_TOO_OLD", "contine"),
            ],
            vec![
                "CLIENT_CERT_POLICY_MAX_AGE: expected",
                "CLIENT_CERT_POLICY_TOO_OLD: expected deny or continue, found \"contine\"; did you mean continue?",
            ],
        ),
    ] {
        let fixture = common::fixture();
        let root = fixture.app_root();
        let mut command =
            fixture.command(root.path(), test_support::process::free_port(), &settings);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(64));
        let errors = String::from_utf8_lossy(&output.stderr);
        for expected in expected {
            assert!(errors.contains(expected), "{expected}: {errors}");
        }
        assert!(!errors.contains("hunter2"), "{errors}");
    }
}
