//! The extensions of a certificate that matter to a decision (RFC 5280, section 4.2.1).

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;

use x509_parser::asn1_rs::{Any, FromDer as _};
use x509_parser::extensions::{self as parsed, GeneralName, ParsedExtension, X509Extension};

use super::certificate::oid_name;
use super::name::Name;

/// What a certificate's extensions say.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Extensions {
    /// Whether it certifies an authority; `None` where the extension is missing.
    pub basic_constraints: Option<BasicConstraints>,
    /// What its key may be used for.
    pub key_usage: Option<KeyUsage>,
    /// The purposes it was issued for.
    pub extended_key_usage: Option<ExtendedKeyUsage>,
    /// Further names of its holder.
    pub subject_alternative_names: Vec<SubjectAlternativeName>,
    /// The names that it may issue; meaningful on authorities alone.
    pub name_constraints: Option<NameConstraints>,
    /// Critical extensions that are not processed here, in dotted notation. One is enough to refuse
    /// (RFC 5280, section 4.2).
    pub unrecognized_critical: Vec<String>,
    /// Non-critical extensions that are not processed here: the registered name, or dotted notation. For people; nothing
    /// is decided by them.
    pub unprocessed: Vec<String>,
}

/// `basicConstraints`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BasicConstraints {
    /// Whether the key may sign certificates.
    pub ca: bool,
    /// How many intermediates may follow.
    pub path_length: Option<u32>,
}

/// `keyUsage`, as bits in the order of RFC 5280, section 4.2.1.3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyUsage(u16);

/// `extKeyUsage`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ExtendedKeyUsage {
    /// Whether `id-kp-clientAuth` is among the purposes. `anyExtendedKeyUsage` does not count as it.
    pub client_auth: bool,
    /// All purposes: the registered name, or dotted notation.
    pub purposes: Vec<String>,
}

/// The part of `nameConstraints` that a subject could escape: DNS names, in lower case, and mail addresses.
///
/// webpki enforces all of it on alternative names. This is for a common name, which RFC 5280 leaves out and which would
/// otherwise escape every constraint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NameConstraints {
    permitted: Vec<String>,
    excluded: Vec<String>,
    /// Whether it says anything of mail addresses. What it says is not read: then no subject may have one.
    pub(crate) of_mail: bool,
}

impl NameConstraints {
    fn new(constraints: &parsed::NameConstraints<'_>) -> Self {
        let names = |subtrees: &Option<Vec<parsed::GeneralSubtree<'_>>>| {
            let subtrees = subtrees.iter().flatten();
            let names = subtrees.filter_map(|subtree| match &subtree.base {
                GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
                _ => None,
            });
            names.collect()
        };
        Self {
            permitted: names(&constraints.permitted_subtrees),
            excluded: names(&constraints.excluded_subtrees),
            of_mail: [
                &constraints.permitted_subtrees,
                &constraints.excluded_subtrees,
            ]
            .into_iter()
            .flatten()
            .flatten()
            .any(|subtree| matches!(subtree.base, GeneralName::RFC822Name(_))),
        }
    }

    /// Whether a name, taken for a DNS name, is one that may be issued.
    pub(crate) fn allow(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let within = |subtree: &String| is_within(&name, subtree);
        (self.permitted.is_empty() || self.permitted.iter().any(within))
            && !self.excluded.iter().any(within)
    }
}

/// Whether a DNS name is the base of a subtree or lies below it.
fn is_within(name: &str, subtree: &str) -> bool {
    let base = subtree.strip_prefix('.').unwrap_or(subtree);
    base.is_empty()
        || (name == base && base.len() == subtree.len())
        || name
            .strip_suffix(base)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// One `subjectAltName`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SubjectAlternativeName {
    /// A host name.
    Dns(String),
    /// A mail address.
    Mail(String),
    /// A URI.
    Uri(String),
    /// An IP address.
    Ip(IpAddr),
    /// A distinguished name.
    Directory(Name),
    /// Any other type, and values that their type does not allow.
    Other(String),
}

impl Extensions {
    pub(crate) fn new(list: &[X509Extension<'_>]) -> Result<Self, ExtensionError> {
        let mut seen = HashSet::new();
        let mut extensions = Self::default();
        for extension in list {
            let oid = extension.oid.to_id_string();
            if !seen.insert(extension.oid.as_bytes()) {
                return Err(ExtensionError::Repeated { oid });
            }
            if !is_one_element(extension.value) {
                return Err(ExtensionError::Unreadable { oid });
            }
            extensions.add(extension, oid)?;
        }
        Ok(extensions)
    }

    fn add(&mut self, extension: &X509Extension<'_>, oid: String) -> Result<(), ExtensionError> {
        match extension.parsed_extension() {
            ParsedExtension::ParseError { .. } => return Err(ExtensionError::Unreadable { oid }),
            ParsedExtension::BasicConstraints(constraints) => {
                self.basic_constraints = Some(BasicConstraints {
                    ca: constraints.ca,
                    path_length: constraints.path_len_constraint,
                });
            }
            ParsedExtension::KeyUsage(usage) => self.key_usage = Some(KeyUsage(usage.flags)),
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = Some(ExtendedKeyUsage::new(usage));
            }
            ParsedExtension::SubjectAlternativeName(names) => {
                self.subject_alternative_names = names
                    .general_names
                    .iter()
                    .map(SubjectAlternativeName::new)
                    .collect();
            }
            // webpki enforces them along a path; on an end entity they have no meaning.
            ParsedExtension::NameConstraints(constraints) => {
                self.name_constraints = Some(NameConstraints::new(constraints));
            }
            _ if extension.critical => self.unrecognized_critical.push(oid),
            _ => self.unprocessed.push(oid_name(&extension.oid)),
        }
        Ok(())
    }

    /// Whether the certificate says that it is an authority.
    pub fn is_ca(&self) -> bool {
        self.basic_constraints
            .is_some_and(|constraints| constraints.ca)
    }
}

/// Whether a value is one DER element and nothing behind it. The parser reads the first and passes over the rest, so
/// that another reader could see something else.
fn is_one_element(value: &[u8]) -> bool {
    Any::from_der(value).is_ok_and(|(rest, _)| rest.is_empty())
}

impl KeyUsage {
    const NAMES: [&str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];

    /// Whether the key may sign a TLS handshake.
    pub fn digital_signature(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether the key may sign certificates.
    pub fn key_cert_sign(self) -> bool {
        self.0 & (1 << 5) != 0
    }

    /// The names of the bits that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, name)| name)
    }
}

impl fmt::Display for KeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(", "))
    }
}

impl ExtendedKeyUsage {
    fn new(usage: &parsed::ExtendedKeyUsage<'_>) -> Self {
        let named = [
            (usage.any, "anyExtendedKeyUsage"),
            (usage.server_auth, "serverAuth"),
            (usage.client_auth, "clientAuth"),
            (usage.code_signing, "codeSigning"),
            (usage.email_protection, "emailProtection"),
            (usage.time_stamping, "timeStamping"),
            (usage.ocsp_signing, "OCSPSigning"),
        ];
        let purposes = named
            .into_iter()
            .filter(|(present, _)| *present)
            .map(|(_, name)| name.to_owned())
            .chain(usage.other.iter().map(|oid| oid.to_id_string()))
            .collect();
        Self {
            client_auth: usage.client_auth,
            purposes,
        }
    }
}

impl fmt::Display for ExtendedKeyUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.purposes.join(", "))
    }
}

impl SubjectAlternativeName {
    fn new(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(text) => Self::Dns((*text).to_owned()),
            GeneralName::RFC822Name(text) => Self::Mail((*text).to_owned()),
            GeneralName::URI(text) => Self::Uri((*text).to_owned()),
            GeneralName::DirectoryName(name) => Name::new(name).map_or_else(
                || Self::Other("an unreadable directory name".to_owned()),
                Self::Directory,
            ),
            GeneralName::IPAddress(bytes) => {
                let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
                let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
                v4.or(v6).map_or_else(
                    |_| Self::Other("an IP address of a wrong length".to_owned()),
                    Self::Ip,
                )
            }
            GeneralName::OtherName(oid, _) => {
                Self::Other(format!("otherName {}", oid.to_id_string()))
            }
            GeneralName::RegisteredID(oid) => {
                Self::Other(format!("registeredID {}", oid.to_id_string()))
            }
            GeneralName::X400Address(_) => Self::Other("x400Address".to_owned()),
            GeneralName::EDIPartyName(_) => Self::Other("ediPartyName".to_owned()),
            GeneralName::Invalid(tag, _) => {
                Self::Other(format!("an unreadable name with tag {}", tag.0))
            }
        }
    }
}

/// The type and the value, with control characters escaped.
impl fmt::Display for SubjectAlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{}", name.escape_debug()),
            Self::Mail(address) => write!(f, "mail:{}", address.escape_debug()),
            Self::Uri(uri) => write!(f, "URI:{}", uri.escape_debug()),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::Directory(name) => write!(f, "DN:{name}"),
            Self::Other(what) => write!(f, "other:{what}"),
        }
    }
}

/// Why the extensions of a certificate cannot be taken.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExtensionError {
    /// Its value is not what its identifier promises.
    Unreadable {
        /// In dotted notation.
        oid: String,
    },
    /// It stands there more than once (RFC 5280, section 4.2).
    Repeated {
        /// In dotted notation.
        oid: String,
    },
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { oid } => write!(
                f,
                "expected readable extensions, found one that is not: {oid}"
            ),
            Self::Repeated { oid } => {
                write!(f, "expected each extension once, found {oid} several times")
            }
        }
    }
}

impl std::error::Error for ExtensionError {}
