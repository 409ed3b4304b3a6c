//! What a certificate says, as a value that can be printed and serialized.
//!
//! The reader is the handler's own. A certificate that it refuses is shown by its thumbprints and the reason.

use client_cert::{Certificate, PublicKey, Thumbprint, rfc3339};
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::alternative_names::AlternativeNames;
use crate::printable::printable;

mod other_extensions;

use other_extensions::OtherExtension;

/// One certificate of a file.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Entry {
    Readable(Box<Facts>),
    Malformed(Malformed),
}

/// A certificate that the handler's reader refuses.
#[derive(Debug, Serialize)]
pub(crate) struct Malformed {
    pub(crate) thumbprints: Thumbprints,
    /// Why, as a sentence.
    pub(crate) malformed: String,
}

/// What one certificate says. Text out of it is escaped.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Facts {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// Whether subject and issuer are the same name; the signature is not verified.
    pub(crate) self_issued: bool,
    pub(crate) common_names: Vec<String>,
    /// Hexadecimal, as it is encoded.
    pub(crate) serial: String,
    pub(crate) version: u32,
    pub(crate) not_before: String,
    pub(crate) not_after: String,
    pub(crate) validity: State,
    /// Whole days; negative once the certificate has expired.
    pub(crate) days_left: i64,
    pub(crate) thumbprints: Thumbprints,
    pub(crate) key: KeyFacts,
    pub(crate) signature_algorithm: String,
    /// Absent if the extension is.
    pub(crate) key_usage: Option<Vec<&'static str>>,
    /// Absent if the extension is.
    pub(crate) extended_key_usage: Option<Vec<String>>,
    pub(crate) alternative_names: AlternativeNames,
    /// Absent if the extension is.
    pub(crate) basic_constraints: Option<BasicConstraints>,
    /// Those without a field of their own.
    pub(crate) other_extensions: Vec<OtherExtension>,
}

/// How validity relates to an instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum State {
    Valid,
    Expired,
    NotYetValid,
}

/// Digests of the whole DER in lower-case hexadecimal.
#[derive(Debug, Serialize)]
pub(crate) struct Thumbprints {
    pub(crate) sha1: String,
    pub(crate) sha256: String,
}

/// The public key.
#[derive(Debug, Serialize)]
pub(crate) struct KeyFacts {
    pub(crate) algorithm: String,
    /// Absent for a key that the handler does not support.
    pub(crate) bits: Option<usize>,
    pub(crate) curve: Option<&'static str>,
}

/// RFC 5280, section 4.2.1.9.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BasicConstraints {
    pub(crate) ca: bool,
    pub(crate) path_length: Option<u32>,
}

impl Entry {
    /// Reads one certificate. Nothing about it is verified.
    pub(crate) fn of(der: &[u8], now: UnixTime) -> Self {
        match Certificate::parse(der) {
            Ok(certificate) => Self::Readable(Box::new(Facts::of(&certificate, now))),
            Err(error) => Self::Malformed(Malformed {
                thumbprints: Thumbprints::of(der),
                malformed: printable(&error.to_string()),
            }),
        }
    }

    /// The facts, if the certificate is readable.
    pub(crate) fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Readable(facts) => Some(facts),
            Self::Malformed(_) => None,
        }
    }

    /// The thumbprints, readable or not.
    pub(crate) fn thumbprints(&self) -> &Thumbprints {
        match self {
            Self::Readable(facts) => &facts.thumbprints,
            Self::Malformed(malformed) => &malformed.thumbprints,
        }
    }
}

impl Facts {
    fn of(certificate: &Certificate, now: UnixTime) -> Self {
        let validity = certificate.validity();
        let extensions = certificate.extensions();
        let common_names = certificate.subject().common_names();
        let purposes = |usage: &client_cert::ExtendedKeyUsage| usage.purposes.clone();
        Self {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            self_issued: certificate.subject() == certificate.issuer(),
            common_names: common_names.map(printable).collect(),
            serial: certificate.serial().to_owned(),
            version: certificate.version(),
            not_before: rfc3339(validity.not_before),
            not_after: rfc3339(validity.not_after),
            validity: State::of(certificate, now),
            days_left: validity.days_left(now),
            thumbprints: Thumbprints::of(certificate.der()),
            key: KeyFacts::of(certificate.public_key()),
            signature_algorithm: certificate.signature_algorithm().to_owned(),
            key_usage: extensions.key_usage.map(|usage| usage.names().collect()),
            extended_key_usage: extensions.extended_key_usage.as_ref().map(purposes),
            alternative_names: AlternativeNames::of(&extensions.subject_alternative_names),
            basic_constraints: extensions.basic_constraints.map(|basic| BasicConstraints {
                ca: basic.ca,
                path_length: basic.path_length,
            }),
            other_extensions: OtherExtension::all_of(extensions),
        }
    }
}

impl State {
    fn of(certificate: &Certificate, now: UnixTime) -> Self {
        let validity = certificate.validity();
        if validity.contains(now) {
            Self::Valid
        } else if validity.days_left(now) < 0 {
            Self::Expired
        } else {
            Self::NotYetValid
        }
    }
}

impl Thumbprints {
    fn of(der: &[u8]) -> Self {
        Self {
            sha1: Thumbprint::sha1_of(der).hex(),
            sha256: Thumbprint::sha256_of(der).hex(),
        }
    }
}

impl KeyFacts {
    fn of(key: &PublicKey) -> Self {
        let (algorithm, bits, curve) = match key {
            PublicKey::Rsa { bits } => ("RSA".to_owned(), Some(*bits), None),
            PublicKey::P256 => ("EC".to_owned(), Some(256), Some("P-256")),
            PublicKey::P384 => ("EC".to_owned(), Some(384), Some("P-384")),
            PublicKey::P521 => ("EC".to_owned(), Some(521), Some("P-521")),
            PublicKey::Ed25519 => ("Ed25519".to_owned(), Some(256), None),
            PublicKey::Ed448 => ("Ed448".to_owned(), Some(456), None),
            other => (other.to_string(), None, None),
        };
        Self {
            algorithm,
            bits,
            curve,
        }
    }
}

#[cfg(test)]
mod tests;
