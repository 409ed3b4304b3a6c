//! The forms of a key file.

use super::pem_text::is_pem;

/// The two forms of a file with an identity. Each has a setting of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// Anything but PEM text.
    Pkcs12,
    /// Text with a PEM block.
    Pem,
}

impl Form {
    /// Detects the form by the content, never by a file's name.
    pub fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) if is_pem(text) => Self::Pem,
            _ => Self::Pkcs12,
        }
    }

    /// The setting of the handler that takes the name of such a file.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Pkcs12 => "OUTBOUND_CLIENT_CERT_PATH",
            Self::Pem => "OUTBOUND_CLIENT_CERT_PEM",
        }
    }
}
