//! The password of a key file.

use zeroize::Zeroizing;

/// The password of a PKCS#12 file or of an encrypted PEM key; empty if there is none.
///
/// It cannot be formatted, and is overwritten when it is dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password as it was given; nothing is trimmed.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// No password. Files without one are read under both encodings of nothing that are in use.
    pub fn none() -> Self {
        Self::new(String::new())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}
