//! Why our identity could not be loaded.

use std::fmt;

use super::form::{Form, Found};

/// Why bytes, a file or a setting did not yield an identity.
///
/// The text says what was expected, what was found and what to do; it never contains a password or a key. Where the
/// identity comes from app settings, it names the setting to change.
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

    /// Bytes of another form than the source promised.
    pub(super) fn wrong_format(at: impl Into<String>, expected: Form, found: Found) -> Self {
        let text = format!("expected {expected}, found {found}");
        Self::new(at, LoadErrorKind::WrongFormat { expected, found }, text)
    }

    /// Names the setting that a failure of this kind is about, if there is one. Every text whose kind has a setting
    /// ends with what to do.
    pub(super) fn naming(mut self, setting_for: fn(LoadErrorKind) -> Option<&'static str>) -> Self {
        if let Some(setting) = setting_for(self.kind) {
            self.text = format!("{} ({setting})", self.text);
        }
        self
    }

    /// Says what to do where it came from.
    pub(super) fn advising(mut self, advice: &str) -> Self {
        self.text = format!("{}; {advice}", self.text);
        self
    }

    /// The bytes, file or setting that was read.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What kind of failure this is.
    pub fn kind(&self) -> LoadErrorKind {
        self.kind
    }

    /// What was found and what to do, without [`LoadError::at`].
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
    /// The file is missing or may not be read, the vault gives nothing, or the program's own source failed.
    Unreadable,
    /// Larger, deeper or dearer to decrypt than the limits allow.
    TooCostly,
    /// Not the form that was expected.
    WrongFormat {
        /// The form that the source promised.
        expected: Form,
        /// What the bytes look like.
        found: Found,
    },
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
    /// Several identities, and none is selected.
    SeveralIdentities,
    /// No identity has the selected thumbprint or friendly name.
    NotSelected,
    /// No certificate belongs to the key.
    KeyDoesNotFit,
    /// A trust anchor file that cannot be used.
    TrustAnchors,
    /// The TLS library refused to make a client of it.
    Client,
}
