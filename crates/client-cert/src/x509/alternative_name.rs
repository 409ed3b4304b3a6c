//! subjectAltName (RFC 5280, section 4.2.1.6).

use std::fmt;
use std::net::IpAddr;

use x509_parser::extensions::GeneralName;

use super::name::Name;

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

impl SubjectAlternativeName {
    pub(super) fn new(name: &GeneralName<'_>) -> Self {
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
