//! subjectAltName (RFC 5280, section 4.2.1.6).

use std::fmt;
use std::net::IpAddr;

use x509_parser::asn1_rs::Tag;
use x509_parser::extensions::GeneralName;

use super::der::elements;
use super::name::Name;

/// `szOID_NT_PRINCIPAL_NAME` (MS-WCCE, section 2.2.2.7.7.4).
const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";

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
    /// A user principal name of Windows (`otherName` 1.3.6.1.4.1.311.20.2.3 with a UTF8String).
    UserPrincipalName(String),
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
            GeneralName::OtherName(oid, value) => {
                let oid = oid.to_id_string();
                let principal = (oid == USER_PRINCIPAL_NAME).then(|| explicit_utf8(value));
                principal.flatten().map_or_else(
                    || Self::Other(format!("otherName {oid}")),
                    Self::UserPrincipalName,
                )
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

/// The text of `[0] EXPLICIT UTF8String`, if that is all that the bytes hold.
fn explicit_utf8(value: &[u8]) -> Option<String> {
    let tagged = elements(value)?;
    let [tagged] = tagged.as_slice() else {
        return None;
    };
    let inner = tagged.is_context(0).then(|| elements(tagged.content()))??;
    match inner.as_slice() {
        [text] if text.is(Tag::Utf8String) => String::from_utf8(text.content().to_vec()).ok(),
        _ => None,
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
            Self::UserPrincipalName(name) => write!(f, "UPN:{}", name.escape_debug()),
            Self::Other(what) => write!(f, "other:{what}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_principal_name_is_exactly_one_utf8_string() {
        for (value, expected) in [
            (&b"\xa0\x05\x0c\x03a@b"[..], Some("a@b")),
            (b"\xa0\x05\x16\x03a@b", None),
            (b"\xa0\x05\x0c\x03a@\xff", None),
            (b"\xa1\x05\x0c\x03a@b", None),
            (b"\x0c\x03a@b", None),
            (b"\xa0\x05\x0c\x03a@b\x05\x00", None),
            (b"\xa0\x07\x0c\x03a@b\x05\x00", None),
            (b"", None),
        ] {
            assert_eq!(explicit_utf8(value).as_deref(), expected, "{value:?}");
        }
    }
}
