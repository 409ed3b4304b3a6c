//! The extensions of a certificate that matter to a decision (RFC 5280, section 4.2).

use std::collections::HashSet;
use std::fmt;

use x509_parser::extensions::{ParsedExtension, X509Extension};

use super::alternative_name::SubjectAlternativeName;
use super::distribution_point::{DistributionPoint, distribution_points};
use super::key_identifier::KeyIdentifier;
use super::name_constraints::NameConstraints;
use super::oid::oid_name;
use super::policies::PolicyExtensions;
use super::structure::is_extension;
use super::usage::{ExtendedKeyUsage, KeyUsage};

/// What a certificate's extensions say.
///
/// The extensions with a field here are recognized. Others may hold any bytes, unless they are critical; so may the
/// identifiers of keys, which are hints, and distribution points, without which a list is searched by its issuer alone. What
/// is said about policies may hold any bytes too, and then leads to no valid path.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Extensions {
    /// Whether it certifies an authority; `None` if the extension is absent.
    pub basic_constraints: Option<BasicConstraints>,
    /// What its key may be used for; `None` if the extension is absent.
    pub key_usage: Option<KeyUsage>,
    /// The purposes it was issued for; `None` if the extension is absent.
    pub extended_key_usage: Option<ExtendedKeyUsage>,
    /// Further names of its holder.
    pub subject_alternative_names: Vec<SubjectAlternativeName>,
    /// The names that it may issue; meaningful on authorities alone.
    pub name_constraints: Option<NameConstraints>,
    /// Which key its issuer says to have signed it with; `None` if that is absent or unreadable.
    pub authority_key_identifier: Option<KeyIdentifier>,
    /// How issued certificates refer to its key; `None` if that is absent or unreadable.
    pub subject_key_identifier: Option<KeyIdentifier>,
    /// Which revocation lists cover it; empty if that is absent, or unreadable and not critical.
    pub crl_distribution_points: Vec<DistributionPoint>,
    /// What it says about certificate policies. A critical extension of these that cannot be read is unrecognized.
    pub policies: PolicyExtensions,
    /// Unrecognized critical extensions, in dotted notation. One is enough to refuse (RFC 5280, section 4.2).
    pub unrecognized_critical: Vec<String>,
    /// Unrecognized extensions that are not critical: the registered name, or dotted notation. For people; nothing is
    /// decided by them.
    pub unprocessed: Vec<String>,
}

/// `basicConstraints` (RFC 5280, section 4.2.1.9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BasicConstraints {
    /// Whether the key may sign certificates.
    pub ca: bool,
    /// How many intermediates may follow.
    pub path_length: Option<u32>,
}

impl Extensions {
    pub(crate) fn new(list: &[X509Extension<'_>]) -> Result<Self, ExtensionError> {
        let mut found = HashSet::new();
        let mut extensions = Self::default();
        for extension in list {
            let oid = extension.oid.to_id_string();
            if !found.insert(extension.oid.as_bytes()) {
                return Err(ExtensionError::Repeated { oid });
            }
            extensions.add(extension, oid)?;
        }
        Ok(extensions)
    }

    fn add(&mut self, extension: &X509Extension<'_>, oid: String) -> Result<(), ExtensionError> {
        if self.add_hint(extension) {
            return Ok(());
        }
        if !RECOGNIZED.contains(&oid.as_str()) {
            match extension.critical {
                true => self.unrecognized_critical.push(oid),
                false => self.unprocessed.push(oid_name(&extension.oid)),
            }
            return Ok(());
        }
        if !is_extension(&oid, extension.value) {
            return Err(ExtensionError::Unreadable { oid });
        }
        match extension.parsed_extension() {
            ParsedExtension::BasicConstraints(constraints) => {
                self.basic_constraints = Some(BasicConstraints {
                    ca: constraints.ca,
                    path_length: constraints.path_len_constraint,
                });
            }
            ParsedExtension::KeyUsage(usage) => self.key_usage = Some(KeyUsage::new(usage)),
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
            // Enforced along a path; on an end entity they have no meaning.
            ParsedExtension::NameConstraints(_) => {
                let constraints = NameConstraints::read(extension.value);
                let constraints = constraints.ok_or(ExtensionError::Unreadable { oid })?;
                self.name_constraints = Some(constraints);
            }
            _ => return Err(ExtensionError::Unreadable { oid }),
        }
        Ok(())
    }

    /// Takes an extension that only says where to look, or what only a path is judged by. A critical identifier of a key is not recognized (RFC 5280,
    /// sections 4.2.1.1 and 4.2.1.2, forbid it), and an unreadable hint is none.
    fn add_hint(&mut self, extension: &X509Extension<'_>) -> bool {
        let value = extension.value;
        match (extension.oid.to_id_string().as_str(), extension.critical) {
            ("2.5.29.35", false) => {
                self.authority_key_identifier = KeyIdentifier::of_authority(value);
                self.authority_key_identifier.is_some()
            }
            ("2.5.29.14", false) => {
                self.subject_key_identifier = KeyIdentifier::of_subject(value);
                self.subject_key_identifier.is_some()
            }
            ("2.5.29.31", _) => {
                let points = distribution_points(value);
                let read = points.is_some();
                self.crl_distribution_points = points.unwrap_or_default();
                read
            }
            (oid, _) => self.policies.add(oid, value).unwrap_or(false),
        }
    }

    /// Whether the certificate says that it is an authority's.
    pub fn is_ca(&self) -> bool {
        self.basic_constraints
            .is_some_and(|constraints| constraints.ca)
    }
}

/// basicConstraints, keyUsage, extKeyUsage, subjectAltName and nameConstraints.
const RECOGNIZED: [&str; 5] = [
    "2.5.29.19",
    "2.5.29.15",
    "2.5.29.37",
    "2.5.29.17",
    "2.5.29.30",
];

/// Why the extensions of a certificate are refused.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExtensionError {
    /// The value of a recognized extension is not what its identifier promises.
    Unreadable {
        /// In dotted notation.
        oid: String,
    },
    /// There is more than one of a kind (RFC 5280, section 4.2).
    Repeated {
        /// In dotted notation.
        oid: String,
    },
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { oid } => {
                write!(
                    f,
                    "expected readable extensions, found {oid} with another content"
                )
            }
            Self::Repeated { oid } => {
                write!(f, "expected each extension once, found {oid} several times")
            }
        }
    }
}

impl std::error::Error for ExtensionError {}
