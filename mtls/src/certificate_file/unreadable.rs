//! Why a file gives no certificate.

use std::fmt;

use openssl::error::ErrorStack;
use outbound_mtls::{LoadError, LoadErrorKind};

use super::FILE_BYTES;

/// Why a file gives no certificate, and what to do about it.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// No byte, or nothing but blanks.
    Empty,
    /// More than [`FILE_BYTES`].
    TooLarge,
    /// The outermost length says more than is there.
    Truncated { expected: usize, seen: usize },
    /// Bytes follow the end of a certificate.
    Trailing { bytes: usize },
    /// Text that is neither PEM nor hexadecimal nor base64.
    NotBase64 { why: String },
    /// Binary that is none of the known forms.
    Unrecognised,
    /// PKCS#7, which holds certificates in no order and never a key.
    Pkcs7,
    /// A private key and nothing else.
    KeyAlone,
    /// The form is right and no certificate is inside.
    NoCertificate,
    /// It looks like a certificate or PEM and does not parse.
    Broken { why: String },
    /// The empty password does not open it, and none was given.
    PasswordNeeded,
    /// The password does not open it, or it is damaged.
    WrongPassword,
    /// What the handler's reader refuses, such as a file that asks for too much work.
    Refused(LoadError),
    /// A private key in PEM that does not open with this password.
    WrongKeyPassword,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const EXPECTED: &str = "expected a certificate as PKCS#12, PEM, DER, base64 or hexadecimal";
        match self {
            Self::Empty => write!(f, "{EXPECTED}, found nothing; was it written at all?"),
            Self::TooLarge => write!(f, "{EXPECTED}, found more than {FILE_BYTES} bytes"),
            Self::Truncated { expected, seen } => write!(
                f,
                "it is truncated: it says that it has {expected} bytes, and {seen} are there; copy it again, as binary"
            ),
            Self::Trailing { bytes } => write!(
                f,
                "{bytes} bytes follow the end of the certificate; a front end forwards none, so remove them"
            ),
            Self::NotBase64 { why } => write!(f, "{EXPECTED}, found text that is none of them ({why})"),
            Self::Unrecognised => write!(f, "{EXPECTED}, found other bytes"),
            Self::Pkcs7 => f.write_str(
                "it is PKCS#7 (.p7b), which is not read here; convert it: openssl pkcs7 -print_certs (-inform DER)",
            ),
            Self::KeyAlone => f.write_str("it is a private key without a certificate; give the certificate's file"),
            Self::NoCertificate => f.write_str("there is no certificate in it; export it again with its certificate"),
            Self::Broken { why } => write!(f, "it looks like a certificate and cannot be parsed: {why}"),
            Self::PasswordNeeded => f.write_str(
                "it has a password; give it (--password or --password-env, see --help), or run the command on a terminal",
            ),
            Self::WrongPassword => f.write_str("the password is wrong, or the file is damaged"),
            Self::Refused(error) => f.write_str(&explained(error)),
            Self::WrongKeyPassword => f.write_str("the password does not open its private key"),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<ErrorStack> for Unreadable {
    fn from(error: ErrorStack) -> Self {
        Self::Broken {
            why: error.to_string(),
        }
    }
}

/// The loader's refusal, with the options of this tool that it is about.
pub(crate) fn explained(error: &LoadError) -> String {
    let here = match error.kind() {
        LoadErrorKind::WrongPassword => " (here: --password or --password-env)",
        LoadErrorKind::SeveralIdentities | LoadErrorKind::NotSelected => " (here: --select)",
        _ => "",
    };
    format!("{}{here}", error.text())
}
