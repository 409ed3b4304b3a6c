//! The facts of one certificate, read from its DER encoding.

use std::fmt;
use std::ops::Range;

use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Name;

use super::extensions::{ExtensionError, Extensions};
use super::name::Name;
use super::oid::{Oid, oid_name};
use super::public_key::PublicKey;
use super::public_key_hash::PublicKeyHash;
use super::serial::SerialNumber;
use super::signature::{Signature, Signed, range};
use super::structure::is_certificate;
use super::thumbprint::Thumbprint;
use super::validity::Validity;

/// What a certificate says, owned and typed. Nothing in it is verified: see [`decide`](crate::Decider::decide).
#[derive(Clone, Debug)]
pub struct Certificate {
    der: Box<[u8]>,
    sha1: Thumbprint,
    sha256: Thumbprint,
    version: u32,
    serial: String,
    serial_number: SerialNumber,
    raw_serial: Box<[u8]>,
    signature_algorithm: String,
    signature: Signature,
    subject: Name,
    issuer: Name,
    validity: Validity,
    public_key: PublicKey,
    public_key_info: Range<usize>,
    extensions: Extensions,
}

impl Certificate {
    /// Reads a certificate from exactly the given bytes.
    ///
    /// Every recognized extension must be readable, critical or not, and no extension may occur twice: a certificate that
    /// two readers could understand in two ways is refused. What no decision uses may be anything that RFC 5280 allows:
    /// unrecognized non-critical extensions with any content, names of any string type, dates before 1970, unique
    /// identifiers.
    ///
    /// # Errors
    ///
    /// Bytes that are not X.509 or continue after its end, and unreadable or repeated extensions.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let (rest, parsed) =
            X509Certificate::from_der(der).map_err(|error| CertificateError::Malformed {
                detail: error.to_string(),
            })?;
        if !rest.is_empty() {
            return Err(CertificateError::TrailingBytes { count: rest.len() });
        }
        if !is_certificate(der) {
            return Err(CertificateError::Malformed {
                detail: "an element in the place of another".to_owned(),
            });
        }
        Ok(Self {
            der: der.into(),
            sha1: Thumbprint::sha1_of(der),
            sha256: Thumbprint::sha256_of(der),
            version: parsed.version().0.saturating_add(1),
            serial: hex(parsed.raw_serial()),
            serial_number: SerialNumber::from_content(parsed.raw_serial()),
            raw_serial: parsed.raw_serial().into(),
            signature_algorithm: oid_name(&parsed.signature_algorithm.algorithm),
            signature: Signature::new(&parsed, der),
            subject: name(parsed.subject())?,
            issuer: name(parsed.issuer())?,
            validity: Validity {
                not_before: parsed.validity().not_before.timestamp(),
                not_after: parsed.validity().not_after.timestamp(),
            },
            public_key: PublicKey::new(parsed.public_key()),
            public_key_info: range(der, parsed.public_key().raw),
            extensions: Extensions::new(parsed.extensions())
                .map_err(CertificateError::Extension)?,
        })
    }

    /// The encoding it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The SHA-1 thumbprint, the portal's notation.
    pub fn sha1(&self) -> Thumbprint {
        self.sha1
    }

    /// The SHA-256 thumbprint.
    pub fn sha256(&self) -> Thumbprint {
        self.sha256
    }

    /// The X.509 version as people count it: 1, 2 or 3.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The serial number in lower-case hexadecimal, as it is encoded.
    pub fn serial(&self) -> &str {
        &self.serial
    }

    /// The content of the DER encoding of the serial number.
    pub(crate) fn raw_serial(&self) -> &[u8] {
        &self.raw_serial
    }

    /// The serial number without leading zeros, to compare.
    pub fn serial_number(&self) -> &SerialNumber {
        &self.serial_number
    }

    /// The algorithm of its signature: the registered name, or dotted notation. A weak one is not a reason to refuse a pinned
    /// certificate, whose signature is not verified.
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_algorithm
    }

    /// Whose certificate it is.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// Who claims to have issued it; anybody can write anything here.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it is valid.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The kind and size of its key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The DER encoding of its subjectPublicKeyInfo.
    pub fn subject_public_key_info(&self) -> &[u8] {
        self.der
            .get(self.public_key_info.clone())
            .unwrap_or_default()
    }

    /// The value of an extension, recognized or not: the content of its `extnValue`.
    pub fn extension(&self, oid: &Oid) -> Option<Vec<u8>> {
        let (_, parsed) = X509Certificate::from_der(&self.der).ok()?;
        let mut extensions = parsed.extensions().iter();
        let found = extensions.find(|extension| {
            Oid::from_content(extension.oid.as_bytes()).is_some_and(|found| found == *oid)
        });
        found.map(|extension| extension.value.to_vec())
    }

    /// The digest of its public key.
    pub fn public_key_hash(&self) -> PublicKeyHash {
        PublicKeyHash::of(self.subject_public_key_info())
    }

    /// The signed part (tbsCertificate) with its signature.
    pub(crate) fn signed(&self) -> Signed<'_> {
        self.signature.of(&self.der)
    }

    /// Whether the signed part names another algorithm than the signature (RFC 5280, section 4.1.1.2, forbids it).
    pub(crate) fn signature_algorithms_differ(&self) -> bool {
        self.signature.algorithms_differ
    }

    /// What its extensions say.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }
}

fn name(name: &X509Name<'_>) -> Result<Name, CertificateError> {
    Name::new(name).ok_or_else(|| CertificateError::Malformed {
        detail: "a name that cannot be read to its end".to_owned(),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why bytes are not a certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not X.509.
    Malformed {
        /// What the parser found; it quotes nothing of the input.
        detail: String,
    },
    /// Bytes after the certificate's end.
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// An extension that is unreadable, or occurs twice.
    Extension(ExtensionError),
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { detail } => write!(
                f,
                "expected the DER encoding of a certificate, found: {detail}"
            ),
            Self::TrailingBytes { count } => {
                write!(
                    f,
                    "expected a certificate and nothing else, found {count} bytes after it"
                )
            }
            Self::Extension(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CertificateError {}
