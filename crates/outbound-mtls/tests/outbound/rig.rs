//! Our side of a test: a folder of files, settings, and a client that records its notices.

use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use app_settings::Environment;
use outbound_mtls::reqwest::header::HeaderValue;
use outbound_mtls::reqwest::{Method, Request};
use outbound_mtls::{CallError, Facts, Limits, Notice, Outbound, OutboundSettings};
use rustls_pki_types::UnixTime;
use tempfile::TempDir;

use test_support::hierarchy::{Family, Issued, now};
use test_support::pfx::{self, PASSWORD};

pub(crate) const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// A folder with `ours.p12` and `ca.pem`, and the settings that name them.
pub(crate) struct Rig {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
    url: String,
    notices: Arc<Mutex<Vec<Notice>>>,
    pub(crate) limits: Limits,
    pub(crate) instant: Arc<Mutex<UnixTime>>,
}

impl Rig {
    /// Presents this identity to this address, and trusts servers under this root alone.
    pub(crate) fn new(bytes: &[u8], root: &Issued, url: &str) -> Self {
        let rig = Self {
            folder: tempfile::tempdir().unwrap(),
            settings: vec![
                ("OUTBOUND_CLIENT_CERT_PATH", "ours.p12".to_owned()),
                ("OUTBOUND_CLIENT_CERT_PASSWORD", PASSWORD.to_owned()),
                ("OUTBOUND_TRUST_ANCHORS", "ca.pem".to_owned()),
                ("OUTBOUND_TRUST_ANCHORS_ONLY", "true".to_owned()),
            ],
            url: url.to_owned(),
            notices: Arc::default(),
            limits: Limits {
                total: Duration::from_secs(20),
                ..Limits::default()
            },
            instant: Arc::new(Mutex::new(in_days(0))),
        };
        rig.write("ours.p12", bytes);
        rig.write("ca.pem", &root.certificate.to_pem().unwrap());
        rig
    }

    /// The family's client with its intermediates.
    pub(crate) fn of(family: &Family, url: &str) -> Self {
        let bytes = pfx::ordinary(&family.client, &family.intermediates());
        Self::new(&bytes, &family.root, url)
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &str) {
        self.settings.retain(|(key, _)| *key != name);
        self.settings.push((name, value.to_owned()));
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Replaces a file as renewals do: written beside it, then renamed.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let beside = self.path(".next");
        fs::write(&beside, bytes).unwrap();
        fs::rename(beside, self.path(name)).unwrap();
    }

    pub(crate) fn settings(&self) -> Option<OutboundSettings> {
        let environment: Environment = self.settings.iter().cloned().collect();
        let parsed = OutboundSettings::parse(&environment, self.folder.path());
        parsed.unwrap_or_else(|problems| panic!("{problems:?}"))
    }

    /// The client, before anything is loaded.
    pub(crate) fn client(&self) -> Outbound {
        let notices = Arc::clone(&self.notices);
        let instant = Arc::clone(&self.instant);
        let settings = self.settings().unwrap();
        settings
            .into_builder()
            .limits(self.limits)
            .clock(move || *instant.lock().unwrap())
            .on_notice(move |notice| notices.lock().unwrap().push(notice))
            .build()
    }

    /// The client with its identity loaded.
    pub(crate) async fn loaded(&self) -> Outbound {
        let client = self.client();
        client.reload().await;
        assert!(client.facts().is_some(), "{:?}", self.notices());
        client
    }

    /// Calls the address by GET; the status and the identity that was presented.
    pub(crate) async fn call(&self, client: &Outbound) -> Result<(u16, Facts), CallError> {
        let mut request = Request::new(Method::GET, self.url.parse().unwrap());
        let trace = HeaderValue::from_static(TRACEPARENT);
        request.headers_mut().insert("traceparent", trace);
        let answer = client.send(request).await?;
        let seen = (answer.status().as_u16(), answer.identity().clone());
        answer.discard().await;
        Ok(seen)
    }

    /// The notices since the last time, and forgets them.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        std::mem::take(&mut *self.notices.lock().unwrap())
    }
}

/// An instant this many days from now.
pub(crate) fn in_days(days: i64) -> UnixTime {
    let seconds = u64::try_from(now() + days * 86_400).unwrap();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}
