//! Why a file could not be read, and the text of the refusal.

use super::ber::BerError;
use super::budget::TooCostly;
use super::derivation::MAX_SCRYPT_BYTES;
use crate::load_error::{LoadError, LoadErrorKind};
use crate::private_key::KeyError;

/// Why a file, or a key under a password, could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// Not the structure that was expected.
    Form,
    /// An algorithm or its parameters, in words.
    Unsupported(String),
    /// More work than one file may ask for.
    TooCostly(TooCostly),
    /// More memory than one derivation may ask for.
    TooMuchMemory {
        /// The derivation.
        asked: String,
        /// What it would take.
        bytes: u64,
    },
    /// No encoding of the password decrypts it.
    Password,
    /// A private key that is not used here.
    Key(KeyError),
    /// A certificate that OpenSSL does not read.
    Certificate,
    /// More bags or keys, or deeper ones, than the limits.
    TooMany,
    /// Encrypted for a recipient's key instead of a password.
    PublicKeyPrivacy,
}

impl From<BerError> for ReadError {
    fn from(_: BerError) -> Self {
        Self::Form
    }
}

impl From<TooCostly> for ReadError {
    fn from(error: TooCostly) -> Self {
        Self::TooCostly(error)
    }
}

impl From<KeyError> for ReadError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

impl ReadError {
    /// The refusal, for a file or a key that `at` names.
    pub(crate) fn refuse(&self, at: &str) -> LoadError {
        let (kind, text) = match self {
            Self::Unsupported(what) => (
                LoadErrorKind::Unsupported,
                format!("uses {what}, which is not read here; export it again with AES-256"),
            ),
            Self::TooCostly(costly) => (LoadErrorKind::TooCostly, costly.to_string()),
            Self::TooMuchMemory { asked, bytes } => (
                LoadErrorKind::TooCostly,
                format!(
                    "asks for {asked}, which takes {} MiB of memory, expected {} MiB at most; export it again with less",
                    bytes >> 20,
                    MAX_SCRYPT_BYTES >> 20
                ),
            ),
            Self::Password => (
                LoadErrorKind::WrongPassword,
                "the password does not fit, or the file is damaged (files from App Service and Key Vault have no \
                 password); check the password"
                    .to_owned(),
            ),
            Self::Form => (
                LoadErrorKind::Damaged,
                "its contents are damaged; copy or export it again".to_owned(),
            ),
            Self::Key(error) => (error.kind(), error.to_string()),
            Self::Certificate => (
                LoadErrorKind::Damaged,
                "contains a certificate that is not an X.509 certificate; export it again".to_owned(),
            ),
            Self::TooMany => (
                LoadErrorKind::TooCostly,
                "contains more entries, or deeper ones, than an identity needs; export one key with its chain"
                    .to_owned(),
            ),
            Self::PublicKeyPrivacy => (
                LoadErrorKind::Unsupported,
                "is encrypted for a recipient's key, expected a password; export it again".to_owned(),
            ),
        };
        LoadError::new(at, kind, text)
    }
}
