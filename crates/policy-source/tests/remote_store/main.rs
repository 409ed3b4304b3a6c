//! A remote document against a store of the tests' own, over TLS: what it answers, and what becomes of it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod lies;
mod lists;
mod slow;

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openssl::ssl::SslVersion;
use policy_source::{
    FetchError, ManagedIdentity, RemoteEvent, RemoteOptions, RemotePolicy, StoreTrust, Timeouts,
    TooOld,
};
use test_support::hierarchy::root;
use test_support::partner::{Manner, Partner, Request, redirect};
use test_support::within;

const DOCUMENT: &str = r#"{ "version": 1, "trustDomains": { "p": { "anchors": ["trust/root.pem"] } }, "callers": [] }"#;

/// What a store answers to a request.
type Answer = Box<dyn Fn(&Request) -> String + Send>;

/// Whether a fault is the expected one.
type Expected = fn(&FetchError) -> bool;

/// A store whose answer to each request can be changed.
struct Store {
    partner: Partner,
    answer: Arc<Mutex<Answer>>,
    now: Arc<Mutex<SystemTime>>,
    options: RemoteOptions,
}

impl Store {
    fn new() -> Self {
        let authority = root("Store Root");
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(|_| content(DOCUMENT))));
        let now = Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000)));
        let (given, clock) = (Arc::clone(&answer), Arc::clone(&now));
        let pem = authority.certificate.to_pem().unwrap();
        let partner = Partner::start(Manner {
            trusts: None,
            version: SslVersion::TLS1_3,
            suite: None,
            signed_by: authority,
            answer: Arc::new(move |request| given.lock().unwrap()(request)),
        });
        let url = partner.url("/c/policy.json?sig=hunter2").parse().unwrap();
        let identity = ManagedIdentity::from_variables(|_| None).unwrap();
        let mut options = RemoteOptions::new(url, identity, move || *clock.lock().unwrap());
        options.trust = StoreTrust::Only(pem);
        options.interval = Duration::from_millis(30);
        options.timeouts = Timeouts {
            connect: Duration::from_secs(5),
            read: Duration::from_millis(300),
            total: Duration::from_secs(20),
        };
        Self {
            partner,
            answer,
            now,
            options,
        }
    }

    /// A document of this store, as the options say by now.
    fn policy(&self) -> Awaited {
        Awaited(RemotePolicy::new(self.options.clone()).unwrap())
    }

    fn answers(&self, answer: impl Into<String>) {
        let answer = answer.into();
        self.answers_by(move |_| answer.clone());
    }

    fn answers_by(&self, answer: impl Fn(&Request) -> String + Send + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }
}

/// A document whose next event is awaited for a bounded time: a test fails where it does not come.
struct Awaited(RemotePolicy);

impl Awaited {
    async fn next(&mut self) -> RemoteEvent {
        within("an event of the remote document", self.0.next()).await
    }
}

impl Deref for Awaited {
    type Target = RemotePolicy;

    fn deref(&self) -> &RemotePolicy {
        &self.0
    }
}

impl DerefMut for Awaited {
    fn deref_mut(&mut self) -> &mut RemotePolicy {
        &mut self.0
    }
}

fn content(text: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: {}\r\n\r\n{text}",
        text.len()
    )
}

/// Every fault is an event with its kind, no text of it has the query, and the store that is back confirms what was accepted.
#[tokio::test]
async fn a_store_that_fails_changes_nothing_and_recovers() {
    let store = Store::new();
    let mut policy = store.policy();
    let RemoteEvent::Changed(snapshot) = policy.next().await else {
        panic!()
    };
    assert_eq!(snapshot.document, DOCUMENT);
    assert_eq!(
        snapshot.read(&"trust/root.pem".parse().unwrap()).unwrap(),
        DOCUMENT.as_bytes()
    );
    policy.accept(&snapshot).await.unwrap();
    let huge = 65 * 1024 * 1024;
    let cases: [(String, Expected); 5] = [
        (
            "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n".to_owned(),
            |error| matches!(error, FetchError::Status(500, None)),
        ),
        (redirect("https://127.0.0.1/x"), |error| {
            matches!(error, FetchError::Redirect(302))
        }),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_owned(),
            |error| matches!(error, FetchError::TimedOut),
        ),
        ("garbage\r\n\r\n".to_owned(), |error| {
            matches!(
                error,
                FetchError::Interrupted(_) | FetchError::Unreachable(_)
            )
        }),
        (
            format!("HTTP/1.1 200 OK\r\nContent-Length: {huge}\r\n\r\n"),
            |error| matches!(error, FetchError::TooLarge(_)),
        ),
    ];
    for (answer, is_expected) in cases {
        store.answers(answer);
        let event = policy.next().await;
        let RemoteEvent::Failed(error) = &event else {
            panic!("{event:?}")
        };
        assert!(is_expected(error), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        store.answers(content(DOCUMENT));
        assert!(matches!(policy.next().await, RemoteEvent::Recovered));
    }
    let sent = store.partner.seen(|seen| {
        seen.requests
            .iter()
            .any(|request| request.head.to_lowercase().contains("if-none-match: \"1\""))
    });
    assert!(sent);
}

/// HTML is another document; never accepted, it confirms nothing, and the copy of before is what the next start has.
#[tokio::test]
async fn what_is_not_accepted_replaces_no_copy_and_gets_too_old() {
    let mut store = Store::new();
    let folder = tempfile::tempdir().unwrap();
    store.options.cache = Some(folder.path().to_owned());
    let mut policy = store.policy();
    assert!(policy.last_good().is_none());
    let RemoteEvent::Changed(good) = policy.next().await else {
        panic!()
    };
    policy.accept(&good).await.unwrap();
    store.answers(content("<html>maintenance</html>"));
    let RemoteEvent::Changed(html) = policy.next().await else {
        panic!()
    };
    assert_eq!(html.document, "<html>maintenance</html>");
    assert_eq!(store.policy().last_good(), Some(good.clone()));
    *store.now.lock().unwrap() += Duration::from_secs(86_401);
    assert!(matches!(
        policy.next().await,
        RemoteEvent::TooOld(TooOld::Deny)
    ));
    assert_eq!(store.policy().last_good(), None);
    store.options.too_old = TooOld::Continue;
    assert_eq!(store.policy().last_good(), Some(good));
    store.answers(content(DOCUMENT));
    assert!(matches!(policy.next().await, RemoteEvent::Changed(_)));
}
