//! Conditions: what one part of a rule compares.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;

use crate::pattern::{DnsPattern, UriPattern, UserPrincipalName};
use crate::x509::{
    Certificate, CommonName, MailAddress, Name, Oid, PublicKeyHash, SubjectAlternativeName,
    Thumbprint,
};

/// One thing that a rule requires of a certificate. What is absent or unreadable in the certificate never satisfies one, and
/// of several names of a kind any may satisfy it, but for common names.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Condition {
    /// The certificate itself, by the digest of its whole DER encoding.
    Thumbprint(Thumbprint),
    /// The certificate's key, by the SHA-256 digest of its SubjectPublicKeyInfo. Any certificate with this key satisfies it,
    /// whoever issued it: the front end's handshake proved that the caller holds the key.
    PublicKey(PublicKeyHash),
    /// The subject's common name, compared exactly: case and all, nothing trimmed, nothing normalized. A certificate with
    /// several common names has none that counts.
    CommonName(String),
    /// The whole subject, compared by RFC 5280, section 7.1.
    Subject(Name),
    /// A `dNSName` of the subjectAltName.
    Dns(DnsPattern),
    /// A `uniformResourceIdentifier` of the subjectAltName.
    Uri(UriPattern),
    /// An `rfc822Name` of the subjectAltName. A mail address in the subject does not count.
    Mail(MailAddress),
    /// An `iPAddress` of the subjectAltName. It is compared with the certificate alone, not with where a call comes from.
    Ip(IpAddr),
    /// A user principal name of Windows in the subjectAltName.
    UserPrincipalName(UserPrincipalName),
    /// A certificate policy, as the trust anchor calls it, that is valid for the whole path (RFC 5280, section 6.1). That
    /// the certificate names it is not enough, and where policies are mapped not necessary.
    CertificatePolicy(Oid),
    /// An extension, critical or not. An unrecognized critical one still refuses the certificate.
    Extension {
        /// Which.
        oid: Oid,
        /// What it must hold.
        value: ExtensionValue,
    },
}

/// What an extension must hold.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ExtensionValue {
    /// Anything.
    Present,
    /// A single DER string of any type with this text.
    Text(String),
    /// Exactly these bytes.
    Der(Box<[u8]>),
}

impl Condition {
    /// Whether it says nothing unless an authority vouches for it: anybody can write any name into a certificate of their
    /// own.
    pub fn needs_path(&self) -> bool {
        match self {
            Self::Thumbprint(_) | Self::PublicKey(_) => false,
            Self::CommonName(_)
            | Self::Subject(_)
            | Self::Dns(_)
            | Self::Uri(_)
            | Self::Mail(_)
            | Self::Ip(_)
            | Self::UserPrincipalName(_)
            | Self::CertificatePolicy(_)
            | Self::Extension { .. } => true,
        }
    }

    /// The conditions that a certificate satisfies, each once, but for those that [`Self::is_looked_up`] excepts.
    pub(crate) fn satisfied_by(certificate: &Certificate) -> HashSet<Self> {
        let names = &certificate.extensions().subject_alternative_names;
        let mut satisfied: HashSet<Self> = names.iter().flat_map(of_name).collect();
        satisfied.insert(Self::Thumbprint(certificate.sha256()));
        satisfied.insert(Self::Thumbprint(certificate.sha1()));
        if !certificate.subject().is_empty() {
            satisfied.insert(Self::Subject(certificate.subject().clone()));
        }
        if let CommonName::One(name) = certificate.subject().common_name() {
            satisfied.insert(Self::CommonName(name.to_owned()));
        }
        satisfied
    }

    /// Whether it is among what [`Self::satisfied_by`] gives for a certificate that satisfies it. Keys cost a digest, and
    /// extensions another reading of the certificate.
    pub(crate) fn is_looked_up(&self) -> bool {
        !matches!(
            self,
            Self::PublicKey(_) | Self::CertificatePolicy(_) | Self::Extension { .. }
        )
    }

    /// Whether the certificate has what it asks for. That an authority may vouch for it is not looked at.
    pub fn holds(&self, certificate: &Certificate) -> bool {
        match self {
            Self::PublicKey(hash) => certificate.public_key_hash() == *hash,
            // Weighed along the path, of which the certificate knows nothing; without policies of its own none is valid.
            Self::CertificatePolicy(_) => {
                let policies = &certificate.extensions().policies;
                policies.certificate_policies.is_some()
            }
            Self::Extension { oid, value } => certificate
                .extension(oid)
                .is_some_and(|found| value.matches(&found)),
            _ => Self::satisfied_by(certificate).contains(self),
        }
    }

    /// How closely it describes a certificate; lower is closer.
    pub(crate) fn closeness(&self) -> u8 {
        match self {
            Self::Thumbprint(Thumbprint::Sha256(_)) => 0,
            Self::PublicKey(_) => 1,
            Self::Thumbprint(Thumbprint::Sha1(_)) => 2,
            Self::CommonName(_)
            | Self::Subject(_)
            | Self::Dns(_)
            | Self::Uri(_)
            | Self::Mail(_)
            | Self::Ip(_)
            | Self::UserPrincipalName(_) => 3,
            Self::CertificatePolicy(_) | Self::Extension { .. } => 4,
        }
    }
}

/// The conditions that one alternative name satisfies.
fn of_name(name: &SubjectAlternativeName) -> Vec<Condition> {
    match name {
        SubjectAlternativeName::Dns(name) => {
            DnsPattern::matching(name).map(Condition::Dns).collect()
        }
        SubjectAlternativeName::Uri(uri) => UriPattern::matching(uri)
            .into_iter()
            .map(Condition::Uri)
            .collect(),
        SubjectAlternativeName::Mail(address) => {
            let address = address.parse().ok();
            address.map(Condition::Mail).into_iter().collect()
        }
        SubjectAlternativeName::Ip(address) => vec![Condition::Ip(*address)],
        SubjectAlternativeName::UserPrincipalName(name) => {
            let name = name.parse().ok();
            name.map(Condition::UserPrincipalName).into_iter().collect()
        }
        SubjectAlternativeName::Directory(_) | SubjectAlternativeName::Other(_) => Vec::new(),
    }
}

impl ExtensionValue {
    fn matches(&self, found: &[u8]) -> bool {
        match self {
            Self::Present => true,
            Self::Text(text) => crate::x509::text_of(found).as_deref() == Some(text.as_str()),
            Self::Der(der) => **der == *found,
        }
    }
}

/// As the audit log writes it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thumbprint(thumbprint) => write!(f, "pin {thumbprint}"),
            Self::PublicKey(hash) => write!(f, "key {hash}"),
            Self::CommonName(name) => write!(f, "common name {name:?}"),
            Self::Subject(name) => write!(f, "subject {name}"),
            Self::Dns(pattern) => write!(f, "DNS name {pattern}"),
            Self::Uri(pattern) => write!(f, "URI {pattern}"),
            Self::Mail(address) => write!(f, "mail address {address}"),
            Self::Ip(address) => write!(f, "IP address {address}"),
            Self::UserPrincipalName(name) => write!(f, "user principal name {name}"),
            Self::CertificatePolicy(policy) => write!(f, "certificate policy {policy}"),
            Self::Extension { oid, value } => write!(f, "extension {oid}{value}"),
        }
    }
}

impl fmt::Display for ExtensionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => Ok(()),
            Self::Text(text) => write!(f, " {text:?}"),
            Self::Der(der) => {
                f.write_str(" #")?;
                der.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}
