//! The forms of an encoded identity, and what is found in place of one.

use std::fmt;

use super::pem_text::is_pem;

/// The two forms of an encoded identity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    /// PKCS#12 (RFC 7292), in DER or BER.
    Pkcs12,
    /// PEM text (RFC 7468) with a private key and certificates, in any order.
    Pem,
}

/// What bytes look like that are not of the [`Form`] that was expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Found {
    /// No byte, or white space alone.
    Nothing,
    /// PEM text, with or without quotation marks around it.
    Pem,
    /// Text in quotation marks that is not PEM.
    Quoted,
    /// Text that begins as the base64 of a DER structure does.
    Base64,
    /// Anything else.
    Other,
}

impl Form {
    /// Detects the form by the contents, never by a file's name: PEM if it is text with a PEM block, else PKCS#12.
    pub fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok(text) if is_pem(text) => Self::Pem,
            _ => Self::Pkcs12,
        }
    }
}

impl Found {
    /// Looks at the first bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let text = bytes.trim_ascii_start();
        let quotes = |byte: &&u8| [b'"', b'\''].contains(byte);
        let unquoted = text.iter().take_while(quotes).count();
        let unquoted_text = text.get(unquoted..).unwrap_or_default();
        if text.is_empty() {
            Self::Nothing
        } else if unquoted_text.starts_with(b"-----BEGIN") {
            Self::Pem
        } else if unquoted > 0 {
            Self::Quoted
        } else if text.starts_with(b"MI") {
            Self::Base64
        } else {
            Self::Other
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pkcs12 => "PKCS#12 (.pfx, .p12)",
            Self::Pem => "PEM text with a key and its certificates",
        })
    }
}

/// What it is, and what to do about it.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing; export the identity again",
            Self::Pem => "PEM text; give it as PEM",
            Self::Quoted => {
                "text in quotation marks; remove them, and decode the text if it is base64"
            }
            Self::Base64 => "base64 text; decode it, or give it as base64",
            Self::Other => "other bytes; export the identity again, or give it in its own form",
        })
    }
}
