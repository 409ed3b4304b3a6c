//! A folder with a partner's authority in it, for documents that name it.

use std::fs;
use std::time::Duration;

use client_cert::{
    Certificate, DEFAULT_MINIMUM_RSA_BITS, ExtendedKeyUsageRule, Fitness, FrontEnd, KeyUsageRule,
    Policy, evaluate,
};
use policy_source::{Folder, Loaded, load};
use tempfile::TempDir;
use test_support::{Issued, NOW, Shape};

pub(crate) const FITNESS: Fitness = Fitness {
    extended_key_usage: ExtendedKeyUsageRule::IfPresent,
    key_usage: KeyUsageRule::DigitalSignature,
    minimum_rsa_bits: DEFAULT_MINIMUM_RSA_BITS,
};

/// A partner's authority, its intermediate, and the folder of a document.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) root: Issued,
    pub(crate) intermediate: Issued,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("trust")).unwrap();
        let root = Shape::authority("Partners Root").self_signed();
        let intermediate = root.issue(Shape::authority("Partners Sub"));
        let place = Self {
            folder,
            root,
            intermediate,
        };
        place.write("trust/root.pem", place.root.pem());
        place.write("trust/sub.der", place.intermediate.der());
        place
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    pub(crate) fn load(&self, document: &str) -> Result<Loaded, Vec<String>> {
        let folder = Folder::of_document(&self.folder.path().join("policy.json"));
        let loaded = load(document.as_bytes(), FrontEnd::AppService, FITNESS, |name| {
            folder.read(name)
        });
        loaded.map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    pub(crate) fn problems(&self, document: &str) -> Vec<String> {
        self.load(document).unwrap_err()
    }
}

/// The caller whom a policy admits at an instant, counted in seconds from the tests' present.
pub(crate) fn admitted(loaded: &Loaded, certificate: &Issued, seconds: i64) -> Option<String> {
    admitted_by(&loaded.policy, certificate, seconds)
}

pub(crate) fn admitted_by(policy: &Policy, certificate: &Issued, seconds: i64) -> Option<String> {
    let certificate = Certificate::parse(&certificate.der()).unwrap();
    let now = u64::try_from(NOW + seconds).unwrap();
    let now = rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(now));
    let evaluation = evaluate(policy, &certificate, now);
    let denied = evaluation.denied().is_some();
    let mut admitting = evaluation
        .candidates()
        .iter()
        .filter(|candidate| candidate.admits() && !denied);
    admitting
        .next()
        .map(|candidate| candidate.caller().name.clone().unwrap().to_string())
}
