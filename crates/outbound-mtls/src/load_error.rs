//! Why our identity could not be loaded.

use std::fmt;

/// Why a file or a setting did not yield an identity.
///
/// The text names the file, what was found and what to do; it never holds a password or a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoadError {
    at: String,
    kind: LoadErrorKind,
    text: String,
}

impl LoadError {
    pub(super) fn new(at: impl Into<String>, kind: LoadErrorKind, text: impl Into<String>) -> Self {
        Self {
            at: at.into(),
            kind,
            text: text.into(),
        }
    }

    /// The file or setting that was read.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    /// What was found and what to do, without the name of the file or setting.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.text)
    }
}

impl std::error::Error for LoadError {}

/// The kinds of failure when an identity is loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LoadErrorKind {
    /// The file is missing or may not be read.
    Unreadable,
    /// Larger, deeper or dearer to decrypt than the limits allow.
    TooCostly,
    /// Not the format that was expected.
    WrongFormat,
    /// The format is right up to where the bytes end.
    Truncated,
    /// The password does not fit.
    WrongPassword,
    /// The file is intact in form, and its contents cannot be read.
    Damaged,
    /// An algorithm or a form that is not read here.
    Unsupported,
    /// No private key.
    NoKey,
    /// No certificate.
    NoCertificate,
    /// Several identities, and nothing says which.
    SeveralIdentities,
    /// Nothing in the file is what the setting selects.
    NotSelected,
    /// No certificate belongs to the key.
    KeyDoesNotFit,
    /// A trust anchor file that cannot be used.
    TrustAnchors,
    /// The TLS library refused to make a client of it.
    Client,
}
