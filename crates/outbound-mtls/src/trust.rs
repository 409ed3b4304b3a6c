//! Which servers are trusted.

use std::path::PathBuf;

use app_settings::NamedFile;
use openssl::x509::X509;
use reqwest::Certificate;

use super::load_error::{LoadError, LoadErrorKind};
use super::path;

/// Which servers are trusted: those under the system's authorities, those under the authorities of files, or both.
///
/// Files are read with the identity, and again when it is: a partner's new root needs no restart.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    pub(super) files: Vec<NamedFile>,
    pub(super) files_only: bool,
}

impl Trust {
    /// The system's authorities.
    pub fn system() -> Self {
        Self::default()
    }

    /// The authorities of these PEM files and no others. Without a file no server is trusted.
    pub fn files_only(files: Vec<PathBuf>) -> Self {
        Self {
            files: given(&files),
            files_only: true,
        }
    }

    /// The system's authorities, and those of these PEM files.
    pub fn system_and(files: Vec<PathBuf>) -> Self {
        Self {
            files: given(&files),
            files_only: false,
        }
    }
}

fn given(files: &[PathBuf]) -> Vec<NamedFile> {
    files.iter().map(|path| NamedFile::given(path)).collect()
}

/// The certificates of a trust anchor file. At least one must be a root: OpenSSL ends a path nowhere else.
pub(super) fn anchors(at: &str, pem: &[u8]) -> Result<Vec<Certificate>, LoadError> {
    let refuse = |text: &str| LoadError::new(at, LoadErrorKind::TrustAnchors, text);
    let certificates = X509::stack_from_pem(pem)
        .map_err(|_| refuse("expected PEM certificates, found one that cannot be read"))?;
    if certificates.is_empty() {
        return Err(refuse(
            "expected PEM certificates, found none; export the root as PEM",
        ));
    }
    if !certificates
        .iter()
        .any(|certificate| path::is_self_issued(certificate))
    {
        return Err(refuse(
            "expected a root, found no self-signed certificate; add the root",
        ));
    }
    let encoded = certificates.iter().map(|certificate| {
        let der = certificate.to_der().ok();
        der.and_then(|der| Certificate::from_der(&der).ok())
    });
    encoded
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| refuse("one of its certificates cannot be encoded again"))
}
