//! Who a certificate says that the caller is, in a form that logs and answers may show.

use crate::x509::Certificate;
use crate::x509::CommonName;
use crate::x509::Thumbprint;
use crate::x509::{Validity, rfc3339};

/// The holder of a certificate, as text that is safe to log: names are escaped, nothing is secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Principal {
    sha1: Thumbprint,
    sha256: Thumbprint,
    sha256_hex: String,
    subject: String,
    common_name: Option<String>,
    serial: String,
    validity: Validity,
    not_after: String,
}

/// The longest text of a certificate in a log, in bytes. RFC 5280's own upper bounds give a name of a few hundred; a caller
/// who is refused must not be able to fill the log.
const LONGEST_TEXT: usize = 512;

/// Cuts what is too long, and says so.
fn shortened(mut text: String) -> String {
    if text.len() > LONGEST_TEXT {
        text.truncate(text.floor_char_boundary(LONGEST_TEXT));
        text.push('…');
    }
    text
}

impl Principal {
    pub(crate) fn new(certificate: &Certificate) -> Self {
        let common_name = match certificate.subject().common_name() {
            CommonName::One(name) => Some(name.to_owned()),
            CommonName::Absent | CommonName::Several(_) | CommonName::Unreadable => None,
        };
        Self {
            sha1: certificate.sha1(),
            sha256: certificate.sha256(),
            sha256_hex: certificate.sha256().hex(),
            subject: shortened(certificate.subject().to_string()),
            common_name,
            serial: shortened(certificate.serial().to_owned()),
            validity: certificate.validity(),
            not_after: rfc3339(certificate.validity().not_after),
        }
    }

    /// The SHA-1 thumbprint, the portal's notation.
    pub fn sha1(&self) -> Thumbprint {
        self.sha1
    }

    /// The SHA-256 thumbprint.
    pub fn sha256(&self) -> Thumbprint {
        self.sha256
    }

    /// The SHA-256 thumbprint in lower-case hexadecimal.
    pub fn sha256_hex(&self) -> &str {
        &self.sha256_hex
    }

    /// The subject in RFC 4514, for people.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The common name, where there is exactly one and it is readable.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }

    /// The serial number in hexadecimal.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// When the certificate may be used.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The end of its validity, in RFC 3339.
    pub fn not_after(&self) -> &str {
        &self.not_after
    }
}
