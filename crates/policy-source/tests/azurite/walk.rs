//! The whole way: fetched, confirmed, changed, out of reach, too old, back.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use policy_source::{
    Credential, FetchError, ManagedIdentity, RemoteEvent, RemoteOptions, RemotePolicy, Snapshot,
    StoreTrust, Timeouts, TooOld,
};
use test_support::hierarchy::{Issued, root};
use test_support::identity_endpoint::IdentityEndpoint;
use test_support::within;

use crate::account::{CONTAINER, Writer};
use crate::emulator::Azurite;
use crate::signature::shared_access_signature;
use crate::token::{AUDIENCE, token};

/// A document in a folder of its container, with a file beside it.
const DOCUMENT: &str = r#"{ "version": 1, "trustDomains": { "p": { "anchors": ["trust/root.pem"] } }, "callers": [] }"#;

/// Another one.
const OTHER: &str = r#"{ "version": 1, "trustDomains": { "q": { "anchors": ["trust/root.pem"] } }, "callers": [] }"#;

/// More than the 4 MiB of a file, and less than the 64 MiB of a document.
const FIFTY_MEGABYTES: usize = 50_000_000;

/// Azurite with a document, and whoever writes it.
struct Rig {
    authority: Issued,
    azurite: Azurite,
    writer: Writer,
    now: Arc<Mutex<SystemTime>>,
}

impl Rig {
    async fn new() -> Option<Self> {
        let authority = root("Store Root");
        let azurite = Azurite::start(&authority)?;
        let writer = Writer::new(&authority, &azurite).await;
        let rig = Self {
            authority,
            azurite,
            writer,
            now: Arc::new(Mutex::new(UNIX_EPOCH + Duration::from_secs(1_000_000_000))),
        };
        rig.put("a/policy.json", DOCUMENT).await;
        rig.put("a/trust/root.pem", "one").await;
        Some(rig)
    }

    async fn put(&self, name: &str, content: impl Into<Vec<u8>>) {
        self.writer.put(&self.azurite, name, content).await;
    }

    /// With this query, and what the store is shown beside it.
    fn policy(&self, query: &str, credential: Credential) -> RemotePolicy {
        let url = self
            .azurite
            .url(&format!("{CONTAINER}/a/policy.json{query}"));
        let clock = Arc::clone(&self.now);
        let nobody = ManagedIdentity::from_variables(|_| None).unwrap();
        let mut options =
            RemoteOptions::new(url.parse().unwrap(), nobody, move || *clock.lock().unwrap());
        options.credential = credential;
        options.trust = StoreTrust::Only(self.authority.certificate.to_pem().unwrap());
        options.interval = Duration::from_millis(30);
        options.timeouts = Timeouts {
            connect: Duration::from_secs(20),
            read: Duration::from_secs(20),
            total: Duration::from_secs(40),
        };
        RemotePolicy::new(options).unwrap()
    }

    fn by_identity(&self, endpoint: &IdentityEndpoint) -> RemotePolicy {
        let variables = endpoint.variables();
        let find = |name: &str| variables.iter().find(|(key, _)| *key == name);
        let identity = ManagedIdentity::from_variables(|name| Some(find(name)?.1.as_str()));
        self.policy("", Credential::ManagedIdentity(identity.unwrap()))
    }

    /// The walk itself, with whatever lets the policy read.
    async fn walk(&mut self, policy: &mut RemotePolicy) {
        let first = changed(policy).await;
        assert_eq!(first.document, DOCUMENT);
        assert_eq!(file(&first), b"one");
        policy.accept(&first).await.unwrap();
        self.not_modified(policy).await;
        self.put("a/trust/root.pem", "two").await;
        let second = changed(policy).await;
        assert_eq!(
            (&second.document[..], &file(&second)[..]),
            (DOCUMENT.as_bytes(), &b"two"[..])
        );
        policy.accept(&second).await.unwrap();
        self.put("a/policy.json", OTHER).await;
        let third = changed(policy).await;
        assert_eq!(third.document, OTHER);
        policy.accept(&third).await.unwrap();
        self.out_of_reach(policy).await;
        self.removed(policy).await;
    }

    /// Both are asked for by their entity tags, and Azurite says that nothing has changed: no event, and no bytes.
    async fn not_modified(&self, policy: &mut RemotePolicy) {
        let quiet = tokio::time::timeout(Duration::from_millis(500), policy.next()).await;
        assert!(quiet.is_err(), "{quiet:?}");
        self.azurite.logged(&["GET", "a/policy.json", " 304 "]);
        self.azurite.logged(&["GET", "a/trust/root.pem", " 304 "]);
    }

    async fn out_of_reach(&mut self, policy: &mut RemotePolicy) {
        self.azurite.stop();
        let error = failed(policy).await;
        assert!(
            matches!(
                error,
                FetchError::Unreachable(_) | FetchError::Interrupted(_)
            ),
            "{error:?}"
        );
        *self.now.lock().unwrap() += Duration::from_secs(86_401);
        // The store may end a connection first, and refuse the next: two kinds of trouble.
        let event = loop {
            match next(policy).await {
                RemoteEvent::Failed(_) => {}
                event => break event,
            }
        };
        assert!(
            matches!(event, RemoteEvent::TooOld(TooOld::Deny)),
            "{event:?}"
        );
        self.azurite.start_again();
        let event = next(policy).await;
        assert!(matches!(event, RemoteEvent::Recovered), "{event:?}");
    }

    async fn removed(&self, policy: &mut RemotePolicy) {
        self.writer.delete(&self.azurite, "a/policy.json").await;
        let error = failed(policy).await;
        let expected = FetchError::Status(404, Some("BlobNotFound".to_owned()));
        assert_eq!(error, expected);
        self.put("a/policy.json", OTHER).await;
        let event = next(policy).await;
        assert!(matches!(event, RemoteEvent::Recovered), "{event:?}");
    }
}

async fn next(policy: &mut RemotePolicy) -> RemoteEvent {
    within("an event of the remote document", policy.next()).await
}

async fn changed(policy: &mut RemotePolicy) -> Snapshot {
    match next(policy).await {
        RemoteEvent::Changed(snapshot) => snapshot,
        event => panic!("{event:?}"),
    }
}

async fn failed(policy: &mut RemotePolicy) -> FetchError {
    match next(policy).await {
        RemoteEvent::Failed(error) => error,
        event => panic!("{event:?}"),
    }
}

fn file(snapshot: &Snapshot) -> Vec<u8> {
    snapshot.read(&"trust/root.pem".parse().unwrap()).unwrap()
}

#[tokio::test]
async fn a_managed_identity_walks_the_whole_way() {
    let Some(mut rig) = Rig::new().await else {
        return;
    };
    let endpoint = IdentityEndpoint::start(token);
    let mut policy = rig.by_identity(&endpoint);
    rig.walk(&mut policy).await;
    // One token for all of it.
    assert_eq!(endpoint.resources(), [AUDIENCE]);
}

#[tokio::test]
async fn a_shared_access_signature_walks_the_whole_way() {
    let Some(mut rig) = Rig::new().await else {
        return;
    };
    let query = format!("?{}", shared_access_signature(&rig.azurite.account));
    let mut policy = rig.policy(&query, Credential::None);
    rig.walk(&mut policy).await;
}

/// Whom Azurite does not know: the reason is Azure's own word, and no text of it has the signature or the token.
#[tokio::test]
async fn a_refusal_of_the_store_is_named_and_the_next_token_is_asked_for() {
    let Some(rig) = Rig::new().await else {
        return;
    };
    let wrong_account = shared_access_signature(&crate::account::Account::new());
    let mut policy = rig.policy(&format!("?{wrong_account}"), Credential::None);
    let error = failed(&mut policy).await;
    assert_eq!(
        error,
        FetchError::Status(403, Some("AuthorizationFailure".to_owned()))
    );
    // Without anything, a private container is not even there.
    let error = failed(&mut rig.policy("", Credential::None)).await;
    assert!(
        matches!(error, FetchError::Status(401 | 403 | 404, Some(_))),
        "{error:?}"
    );
    let audience = Arc::new(Mutex::new("https://vault.azure.net"));
    let issued = Arc::clone(&audience);
    let endpoint = IdentityEndpoint::start(move |_| token(*issued.lock().unwrap()));
    let mut policy = rig.by_identity(&endpoint);
    let error = failed(&mut policy).await;
    assert_eq!(
        error,
        FetchError::Status(403, Some("AuthenticationFailed".to_owned()))
    );
    *audience.lock().unwrap() = AUDIENCE;
    assert_eq!(changed(&mut policy).await.document, DOCUMENT);
}

/// A document of 50 MB is taken, for whoever loads it to judge. A file of 50 MB is reported where it is named, and of a document
/// beyond its bound no more is read.
#[tokio::test]
async fn fifty_megabytes_are_a_document_and_no_file() {
    let Some(rig) = Rig::new().await else {
        return;
    };
    let endpoint = IdentityEndpoint::start(token);
    let mut policy = rig.by_identity(&endpoint);
    let first = changed(&mut policy).await;
    policy.accept(&first).await.unwrap();
    rig.put("a/trust/root.pem", vec![b'x'; FIFTY_MEGABYTES])
        .await;
    let second = changed(&mut policy).await;
    let found = second.read(&"trust/root.pem".parse().unwrap());
    assert_eq!(found.unwrap_err().to_string(), "more than 4194304 bytes");
    rig.put("a/policy.json", vec![b'x'; FIFTY_MEGABYTES]).await;
    assert_eq!(changed(&mut policy).await.document.len(), FIFTY_MEGABYTES);
    rig.put("a/policy.json", vec![b'x'; 64 * 1024 * 1024 + 1])
        .await;
    assert_eq!(
        failed(&mut policy).await,
        FetchError::TooLarge(64 * 1024 * 1024)
    );
    rig.put("a/policy.json", DOCUMENT).await;
    rig.put("a/trust/root.pem", "one").await;
    // Between the two writes, the file is still too large.
    let is_whole = |snapshot: &Snapshot| {
        let file = snapshot.read(&"trust/root.pem".parse().unwrap());
        snapshot.document == DOCUMENT && file.is_ok_and(|file| file == b"one")
    };
    while !is_whole(&changed(&mut policy).await) {}
}
