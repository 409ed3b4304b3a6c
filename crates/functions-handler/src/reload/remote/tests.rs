//! A policy that is too old, one that does not load, and one whose application panics.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use app_settings::Environment;
use client_cert::{Fitness, FrontEnd};
use openssl::ssl::SslVersion;
use policy_source::{ManagedIdentity, RemoteOptions, StoreTrust};
use serde_json::Value;
use test_support::hierarchy::root;
use test_support::partner::{Manner, Partner};
use test_support::within;

use super::*;
use crate::config::{PolicySource, Settings, StartedDocument, Taken};
use crate::guard::Guard;
use crate::log::Log;

/// What is in force at first.
const FIRST: &str = r#"{ "version": 1, "callers": [] }"#;

/// What the store has by now.
const SECOND: &str = r#"{ "version": 1, "callers": [{ "name": "second", "any": [] }] }"#;

/// Lines of the log, to be read by a test.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn events(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let event = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["event"].as_str().unwrap().to_owned()
        };
        text.lines().map(event).collect()
    }
}

fn settings(folder: &Path, policy: &str) -> Settings {
    let environment = Environment::from_iter([
        ("CLIENT_CERT_FRONT_END", "development"),
        ("CLIENT_CERT_POLICY", policy),
    ]);
    Settings::load(&environment, folder).unwrap()
}

/// A document that was accepted.
fn accepted(log: &Log) -> RemoteDocument {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.json"), FIRST).unwrap();
    let mut of_file = settings(folder.path(), "policy.json");
    let StartedDocument { lists, taken, .. } = of_file.document.take().unwrap();
    let guard = Guard::awaiting(of_file, None, log.clone());
    RemoteDocument {
        in_use: InUse::new(guard, log.clone(), lists, taken),
    }
}

/// Where nothing is fetched.
fn nowhere() -> Box<RemoteSource> {
    let folder = tempfile::tempdir().unwrap();
    let url = "https://127.0.0.1:9/policy.json";
    let document = settings(folder.path(), url).document.take().unwrap();
    match document.source {
        PolicySource::Remote(source) => source,
        PolicySource::File(_) => panic!("a URL is a remote source"),
    }
}

/// A store that has this document, and its source with a folder for copies.
fn store(document: &'static str, copies: &Path) -> (Partner, RemoteSource) {
    let authority = root("Store Root");
    let trust = StoreTrust::Only(authority.certificate.to_pem().unwrap());
    let partner = Partner::start(Manner {
        trusts: None,
        version: SslVersion::TLS1_3,
        suite: None,
        signed_by: authority,
        answer: Arc::new(move |_| {
            let length = document.len();
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{document}")
        }),
    });
    let url = partner.url("/policy.json").parse().unwrap();
    let identity = ManagedIdentity::from_variables(|_| None).unwrap();
    let mut options = RemoteOptions::new(url, identity, || UNIX_EPOCH);
    options.trust = trust;
    options.cache = Some(copies.to_owned());
    let judged_by = (FrontEnd::Development, Fitness::default());
    (partner, RemoteSource::of(options, judged_by).unwrap())
}

/// A policy that is too old is out of force where that is so configured, its lists do not bring it back, and the store that
/// confirms it does.
#[tokio::test]
async fn a_policy_that_is_too_old_is_in_force_again_once_it_is_confirmed() {
    let log = Log::start(io::sink()).unwrap();
    let (mut document, mut source) = (accepted(&log), nowhere());
    let version = document.in_use.guard.policy().version();
    assert!(version.is_some());
    let steps = [
        (RemoteEvent::Failed(FetchError::TimedOut), true),
        (RemoteEvent::TooOld(TooOld::Continue), true),
        (RemoteEvent::TooOld(TooOld::Deny), false),
        (RemoteEvent::Failed(FetchError::TimedOut), false),
        (RemoteEvent::Recovered, true),
    ];
    for (event, expected) in steps {
        let step = format!("{event:?}");
        document.take(&mut source, event).await;
        let policy = document.in_use.guard.policy();
        assert_eq!(policy.is_available(), expected, "{step}");
        let taken = document.in_use.taken().cloned().unwrap();
        document.in_use.take_lists(taken).await;
        let policy = document.in_use.guard.policy();
        assert_eq!(policy.is_available(), expected, "lists after {step}");
    }
    assert_eq!(document.in_use.guard.policy().version(), version);
}

/// The panic changes nothing: the policy, the document that lists are applied to and the last good copy stay those of before.
/// Without it the same document takes effect.
#[tokio::test]
async fn a_document_whose_application_panics_is_not_accepted() {
    for panics in [true, false] {
        let lines = Lines::default();
        let log = Log::start(lines.clone()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let copies = folder.path().join("copies");
        let (_partner, mut source) = store(SECOND, &copies);
        let mut document = accepted(&log);
        let version = document.in_use.guard.policy().version();
        if panics {
            document.in_use.apply_by(|_, _| panic!("a fault"));
        }
        let event = within("the document of the store", source.next()).await;
        document.take(&mut source, event).await;
        document.in_use.apply_by(Taken::apply);
        let taken = document.in_use.taken().cloned().unwrap();
        document.in_use.take_lists(taken).await;
        let after = document.in_use.guard.policy().version();
        assert_eq!(after == version, panics);
        assert_eq!(copies.exists(), !panics);
        log.close();
        let expected = match panics {
            true => "policy-refused",
            false => "policy-loaded",
        };
        assert_eq!(lines.events(), [expected, "revocation-lists-loaded"]);
    }
}
