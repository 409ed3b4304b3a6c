//! A caller's key and certificate, and the files that hold them.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::Thumbprint;
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use rustls_pki_types::UnixTime;
use zeroize::Zeroizing;

use super::Role;
use crate::atomic_file::Access;
use crate::certificate::issue::{Purpose, Template, self_signed};
use crate::certificate::key::KeyKind;
use crate::certificate::names::{AlternativeName, CommonName, common_name};
use crate::certificate::validity::Validity;
use crate::pfx::{self, Archive, Form};
use crate::test_certificates::{PASSWORD, TestIdentity};

/// A year, as New-SelfSignedCertificate gives.
const DAYS: u32 = 365;

/// The key with its certificate.
pub(super) struct Pair {
    pub(super) key: PKey<Private>,
    pub(super) certificate: X509,
}

/// A file beside the PKCS#12 file, as it should be.
pub(super) struct Derived<'a> {
    pub(super) path: &'a Path,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) access: Access,
}

/// Where the four files are.
pub(super) struct Files {
    pub(super) pfx: PathBuf,
    pub(super) key: PathBuf,
    pub(super) pem: PathBuf,
    pub(super) base64: PathBuf,
}

impl Files {
    pub(super) fn of(folder: &Path, stem: &str) -> Self {
        let file = |ending: &str| folder.join(format!("{stem}.{ending}"));
        Self {
            pfx: file("pfx"),
            key: file("key"),
            pem: file("pem"),
            base64: file("crt.base64"),
        }
    }
}

pub(super) fn make(role: &Role, now: UnixTime) -> Result<Pair, ErrorStack> {
    let key = KeyKind::Rsa2048.generate()?;
    let certificate = self_signed(&role.template(now), &key)?;
    Ok(Pair { key, certificate })
}

impl Role {
    pub(super) fn template(&self, now: UnixTime) -> Template {
        Template {
            subject: CommonName::constant(self.common_name).into(),
            extensions: Vec::new(),
            alternative_names: vec![AlternativeName::Dns(self.host_name.to_owned())],
            validity: Validity::starting(now, DAYS),
            purpose: Purpose::Caller,
        }
    }
}

impl Pair {
    pub(super) fn encode(&self, role: &Role) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let archive = Archive {
            friendly_name: role.common_name,
            key: &self.key,
            certificate: &self.certificate,
            chain: &[],
        };
        pfx::write(&archive, Form::Compatible, PASSWORD)
    }

    /// What the three files beside the PKCS#12 file hold, the key first.
    pub(super) fn derived<'a>(&self, files: &'a Files) -> Result<[Derived<'a>; 3], ErrorStack> {
        let key = Zeroizing::new(self.key.private_key_to_pem_pkcs8()?);
        let pem = Zeroizing::new(self.certificate.to_pem()?);
        let value = Zeroizing::new(STANDARD.encode(self.certificate.to_der()?).into_bytes());
        Ok([
            Derived {
                path: &files.key,
                bytes: key,
                access: Access::Secret,
            },
            Derived {
                path: &files.pem,
                bytes: pem,
                access: Access::Public,
            },
            Derived {
                path: &files.base64,
                bytes: value,
                access: Access::Public,
            },
        ])
    }

    pub(super) fn identity(&self, pfx: PathBuf) -> Result<TestIdentity, ErrorStack> {
        let der = self.certificate.to_der()?;
        Ok(TestIdentity {
            pfx,
            sha1: Thumbprint::sha1_of(&der),
            sha256: Thumbprint::sha256_of(&der),
            common_name: common_name(self.certificate.subject_name()).unwrap_or_default(),
            der,
        })
    }
}
