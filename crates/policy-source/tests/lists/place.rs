//! A document with lists at URLs, and a fetcher of them.

use std::fs;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use client_cert::{Certificate, Fitness, FrontEnd, evaluate};
use policy_source::{
    FetchedLists, ListEvent, ListFetcher, ListOptions, LoadedDocument, PolicyFile, Timeouts,
};
use rustls_pki_types::UnixTime;
use tempfile::TempDir;
use test_support::crl::List;
use test_support::{Issued, NOW, Shape, within};

/// A partner's authority and a caller of theirs.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) root: Issued,
    pub(crate) caller: Issued,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::of("Root")
    }

    /// With the authority of this name.
    pub(crate) fn of(authority: &str) -> Self {
        let root = Shape::authority(authority).self_signed();
        Self {
            folder: tempfile::tempdir().unwrap(),
            caller: root.issue(Shape::caller("partner")),
            root,
        }
    }

    /// The document whose lists are at these URLs.
    pub(crate) fn document(&self, urls: &[&str]) -> LoadedDocument {
        fs::write(self.folder.path().join("root.pem"), self.root.pem()).unwrap();
        let path = self.folder.path().join("policy.json");
        let document = format!(
            r#"{{ "version": 1, "trustDomains": {{ "p": {{ "anchors": ["root.pem"], "revocation": {{ "crls": {urls:?} }} }} }},
"callers": [{{ "name": "partner", "any": [{{ "domain": "p", "commonName": "partner" }}] }}] }}"#
        );
        fs::write(&path, document).unwrap();
        let attempt = PolicyFile::new(&path).load(FrontEnd::AppService, Fitness::default());
        attempt.outcome.unwrap()
    }

    pub(crate) fn is_admitted(&self, document: &LoadedDocument, lists: &FetchedLists) -> bool {
        let (policy, _) = document.policy.policy(lists);
        let certificate = Certificate::parse(&self.caller.der()).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW.unsigned_abs()));
        let evaluation = evaluate(&policy, &certificate, now);
        evaluation
            .candidates()
            .iter()
            .any(|candidate| candidate.admits())
    }

    /// A list of the authority, with the DER of RFC 5280.
    pub(crate) fn list(&self, change: impl FnOnce(&mut List)) -> Vec<u8> {
        let mut list = List::of(&[]);
        change(&mut list);
        list.signed_by(&self.root)
    }
}

/// The present is [`NOW`]; a server that is silent is given up soon.
pub(crate) fn options(cache: Option<&Path>) -> ListOptions {
    let mut options = ListOptions::new(|| UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs()));
    options.cache = cache.map(Path::to_owned);
    options.timeouts = Timeouts {
        connect: Duration::from_secs(5),
        read: Duration::from_millis(300),
        total: Duration::from_secs(20),
    };
    options
}

/// A fetcher whose next event is awaited for a bounded time: a test fails where it does not come.
pub(crate) struct Awaited(ListFetcher);

impl Awaited {
    pub(crate) fn new(options: ListOptions, document: &LoadedDocument) -> Self {
        let mut fetcher = ListFetcher::new(options).unwrap();
        fetcher.want(document.wanted_lists());
        Self(fetcher)
    }

    pub(crate) async fn next(&mut self) -> ListEvent {
        let what = format!("an event of {:?}", self.0);
        within(what, self.0.next()).await
    }
}

impl Deref for Awaited {
    type Target = ListFetcher;

    fn deref(&self) -> &ListFetcher {
        &self.0
    }
}

impl DerefMut for Awaited {
    fn deref_mut(&mut self) -> &mut ListFetcher {
        &mut self.0
    }
}

pub(crate) fn fetcher(document: &LoadedDocument, cache: Option<&Path>) -> Awaited {
    Awaited::new(options(cache), document)
}

/// An event in short, with the error's debug text.
pub(crate) fn short(event: &ListEvent) -> String {
    match event {
        ListEvent::Changed { .. } => "changed".to_owned(),
        ListEvent::Recovered { .. } => "recovered".to_owned(),
        ListEvent::Failed { error, .. } => format!("failed: {error:?}"),
        other => format!("{other:?}"),
    }
}
