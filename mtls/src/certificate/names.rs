//! The names that a new certificate carries.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use openssl::asn1::Asn1Object;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::X509NameRef;
use openssl::x509::extension::SubjectAlternativeName;

use super::element::{UTF8_STRING, element};

/// RFC 5280, appendix A.1: ub-common-name. OpenSSL refuses more.
const COMMON_NAME_CHARACTERS: usize = 64;

/// RFC 1035, section 2.3.4; longer values have no use, whatever their type.
const ALTERNATIVE_NAME_BYTES: usize = 255;

/// The type of a user principal name, an otherName; Microsoft's, by `[MS-WCCE]`.
const USER_PRINCIPAL_NAME: &str = "1.3.6.1.4.1.311.20.2.3";

/// The common name of a new certificate: 1 to 64 characters, none of them a control character.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CommonName(String);

impl CommonName {
    /// A name that stands in the source, and so is known to be good.
    pub(crate) fn constant(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommonName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let length = text.chars().count();
        if text.chars().any(char::is_control) {
            return Err("expected text without control characters".to_owned());
        }
        if !(1..=COMMON_NAME_CHARACTERS).contains(&length) {
            return Err(format!(
                "expected 1 to {COMMON_NAME_CHARACTERS} characters, found {length}"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// The last common name of a distinguished name, as OpenSSL decodes it; nothing where there is none.
pub(crate) fn common_name(name: &X509NameRef) -> Option<String> {
    let entry = name.entries_by_nid(Nid::COMMONNAME).last()?;
    let text = entry.data().to_string().ok()?;
    Some(text)
}

/// One subject alternative name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum AlternativeName {
    /// A host name.
    Dns(String),
    /// An address, IPv4 or IPv6.
    Ip(IpAddr),
    /// A URI, such as a SPIFFE identity.
    Uri(String),
    /// A mail address.
    Email(String),
    /// A user principal name, as Active Directory issues them.
    UserPrincipalName(String),
}

impl AlternativeName {
    /// Adds the name to an extension in the making.
    ///
    /// # Errors
    ///
    /// What OpenSSL cannot do for want of memory.
    pub(crate) fn add_to(&self, extension: &mut SubjectAlternativeName) -> Result<(), ErrorStack> {
        match self {
            Self::Dns(name) => extension.dns(name),
            Self::Ip(address) => extension.ip(&address.to_string()),
            Self::Uri(uri) => extension.uri(uri),
            Self::Email(address) => extension.email(address),
            Self::UserPrincipalName(name) => {
                let kind = Asn1Object::from_str(USER_PRINCIPAL_NAME)?;
                extension.other_name2(kind, &element(UTF8_STRING, name.as_bytes()))
            }
        };
        Ok(())
    }
}

/// Reads `dns:`, `ip:`, `uri:`, `email:` or `upn:` and a value; without a prefix the value's look decides.
impl FromStr for AlternativeName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, value) = match text.split_once(':') {
            Some((kind @ ("dns" | "ip" | "uri" | "email" | "upn"), value)) => (kind, value),
            _ => (guessed_kind(text), text),
        };
        if kind == "ip" {
            let address = value.parse();
            return address
                .map(Self::Ip)
                .map_err(|_| format!("expected an IPv4 or IPv6 address, found {value:?}"));
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "expected visible ASCII (a name beyond that in its xn-- form), found {value:?}"
            ));
        }
        if !(1..=ALTERNATIVE_NAME_BYTES).contains(&value.len()) {
            return Err(format!(
                "expected 1 to {ALTERNATIVE_NAME_BYTES} characters, found {}",
                value.len()
            ));
        }
        let value = value.to_owned();
        Ok(match kind {
            "uri" => Self::Uri(value),
            "email" => Self::Email(value),
            "upn" => Self::UserPrincipalName(value),
            _ => Self::Dns(value),
        })
    }
}

fn guessed_kind(text: &str) -> &'static str {
    if text.parse::<IpAddr>().is_ok() {
        "ip"
    } else if text.contains("://") {
        "uri"
    } else if text.contains('@') {
        "email"
    } else {
        "dns"
    }
}

impl fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "dns:{name}"),
            Self::Ip(address) => write!(f, "ip:{address}"),
            Self::Uri(uri) => write!(f, "uri:{uri}"),
            Self::Email(address) => write!(f, "email:{address}"),
            Self::UserPrincipalName(name) => write!(f, "upn:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::subject::Subject;

    #[test]
    fn alternative_names_are_read_by_prefix_or_by_look() {
        for (text, expected) in [
            ("localhost", "dns:localhost"),
            ("*.example.com", "dns:*.example.com"),
            ("dns:10.0.0.1", "dns:10.0.0.1"),
            ("127.0.0.1", "ip:127.0.0.1"),
            ("::1", "ip:::1"),
            ("ip:::1", "ip:::1"),
            ("spiffe://example.org/a", "uri:spiffe://example.org/a"),
            ("uri:urn:example:a", "uri:urn:example:a"),
            ("a@example.org", "email:a@example.org"),
            ("upn:a@example.org", "upn:a@example.org"),
        ] {
            let name: AlternativeName = text.parse().unwrap();
            assert_eq!(name.to_string(), expected, "{text}");
        }
    }

    #[test]
    fn alternative_names_that_no_certificate_can_hold_are_refused() {
        let long = "a".repeat(256);
        for text in [
            "",
            "dns:",
            "a b",
            "bücher.example",
            "a\0b",
            "ip:localhost",
            &long,
        ] {
            assert!(text.parse::<AlternativeName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn common_names_are_bounded_and_printable() {
        let (longest, longer) = ("é".repeat(64), "é".repeat(65));
        for (text, good) in [
            ("Allowed Caller", true),
            (&longest, true),
            (&longer, false),
            ("", false),
            ("a\nb", false),
            ("a\0b", false),
        ] {
            assert_eq!(text.parse::<CommonName>().is_ok(), good, "{text:?}");
        }
        let name: CommonName = longest.parse().unwrap();
        let subject = Subject::from(name).distinguished().unwrap();
        assert_eq!(common_name(&subject), Some(longest));
    }
}
