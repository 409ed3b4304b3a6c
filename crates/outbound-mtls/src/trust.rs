//! Which servers are trusted.

use std::path::Path;

use app_settings::NamedFile;
use openssl::x509::X509;
use reqwest::Certificate;
use zeroize::Zeroizing;

use super::input_file::read;
use super::load_error::{LoadError, LoadErrorKind};
use super::path;

/// Which servers are trusted: those under the system's authorities, those under authorities that are added, or both.
///
/// Files are read with the identity, and again when it is: a partner's new root needs no restart. Each file or text
/// must contain a root. A host name is compared with the server's certificate in any case.
///
/// ```
/// use std::path::Path;
/// use outbound_mtls::Trust;
///
/// // The partner's own root and no other.
/// let only = Trust::nothing().and_file(Path::new("partner-root.pem"));
/// // Beside those of the system.
/// let more = Trust::system().and_pem("-----BEGIN CERTIFICATE-----…");
/// # drop((only, more));
/// ```
#[derive(Clone, Debug)]
pub struct Trust {
    pub(super) anchors: Vec<Anchors>,
    with_system: bool,
}

/// Where trust anchors come from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Anchors {
    File(NamedFile),
    Pem(Vec<u8>),
}

impl Trust {
    /// The system's authorities: the default of a client.
    pub fn system() -> Self {
        Self {
            anchors: Vec::new(),
            with_system: true,
        }
    }

    /// No authority, and so no server, until some are added.
    pub fn nothing() -> Self {
        Self {
            anchors: Vec::new(),
            with_system: false,
        }
    }

    /// Adds the authorities of a file with PEM certificates, of at most 1 MiB.
    #[must_use]
    pub fn and_file(self, path: &Path) -> Self {
        self.and(Anchors::File(NamedFile::given(path)))
    }

    /// Adds the authorities of PEM text.
    #[must_use]
    pub fn and_pem(self, pem: impl Into<Vec<u8>>) -> Self {
        self.and(Anchors::Pem(pem.into()))
    }

    pub(super) fn and(mut self, anchors: Anchors) -> Self {
        self.anchors.push(anchors);
        self
    }

    /// Whether the system's authorities are among them.
    pub(super) fn with_system(&self) -> bool {
        self.with_system
    }
}

impl Default for Trust {
    fn default() -> Self {
        Self::system()
    }
}

impl Anchors {
    /// The PEM text, as it is now.
    pub(super) fn read(&self) -> Result<Zeroizing<Vec<u8>>, LoadError> {
        match self {
            Self::File(file) => read(file),
            Self::Pem(text) => Ok(Zeroizing::new(text.clone())),
        }
    }

    /// What messages call them.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(file) => file.to_string(),
            Self::Pem(_) => "the given trust anchors".to_owned(),
        }
    }
}

/// The certificates of PEM text. At least one must be a root: OpenSSL ends a path nowhere else.
pub(super) fn certificates(at: &str, pem: &[u8]) -> Result<Vec<Certificate>, LoadError> {
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
