//! subjectAltName (RFC 5280, section 4.2.1.6).

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use x509_parser::asn1_rs::Tag;
use x509_parser::extensions::GeneralName;

use super::der::elements;
use super::name::Name;
use super::name_form::NameForm;

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
    Other(OtherName),
}

/// An alternative name that is shown to people and matches nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OtherName {
    form: NameForm,
    what: Cow<'static, str>,
}

impl OtherName {
    fn new(form: NameForm, what: impl Into<Cow<'static, str>>) -> Self {
        let what = what.into();
        Self { form, what }
    }

    /// Which form it has.
    pub fn form(&self) -> NameForm {
        self.form
    }
}

/// What it is; nothing of its value.
impl fmt::Display for OtherName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl SubjectAlternativeName {
    pub(super) fn new(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(text) => Self::Dns((*text).to_owned()),
            GeneralName::RFC822Name(text) => Self::Mail((*text).to_owned()),
            GeneralName::URI(text) => Self::Uri((*text).to_owned()),
            GeneralName::DirectoryName(name) => Name::new(name).map_or_else(
                || Self::other(NameForm::Directory, "an unreadable directory name"),
                Self::Directory,
            ),
            GeneralName::IPAddress(bytes) => {
                let v4 = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
                let v6 = <[u8; 16]>::try_from(*bytes).map(IpAddr::from);
                v4.or(v6).map_or_else(
                    |_| Self::other(NameForm::Ip, "an IP address of a wrong length"),
                    Self::Ip,
                )
            }
            GeneralName::OtherName(oid, value) => Self::of_other_name(&oid.to_id_string(), value),
            GeneralName::RegisteredID(oid) => {
                let what = format!("registeredID {}", oid.to_id_string());
                Self::other(NameForm::RegisteredId, what)
            }
            GeneralName::X400Address(_) => Self::other(NameForm::X400, "x400Address"),
            GeneralName::EDIPartyName(_) => Self::other(NameForm::EdiParty, "ediPartyName"),
            GeneralName::Invalid(tag, _) => {
                let form = NameForm::of_tag(|number| number == tag.0);
                let what = format!("an unreadable name with tag {}", tag.0);
                Self::other(form.unwrap_or(NameForm::Other), what)
            }
        }
    }

    fn of_other_name(oid: &str, value: &[u8]) -> Self {
        let principal = (oid == USER_PRINCIPAL_NAME).then(|| explicit_utf8(value));
        principal.flatten().map_or_else(
            || Self::other(NameForm::Other, format!("otherName {oid}")),
            Self::UserPrincipalName,
        )
    }

    fn other(form: NameForm, what: impl Into<Cow<'static, str>>) -> Self {
        Self::Other(OtherName::new(form, what))
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

    #[test]
    fn another_name_of_the_same_form_is_no_user_principal_name() {
        let read = |oid| SubjectAlternativeName::of_other_name(oid, b"\xa0\x05\x0c\x03a@b");
        let name = SubjectAlternativeName::UserPrincipalName("a@b".to_owned());
        assert_eq!(read(USER_PRINCIPAL_NAME), name);
        // SmtpUTF8Mailbox of RFC 9598.
        let found = read("1.3.6.1.5.5.7.8.9");
        assert_eq!(found.to_string(), "other:otherName 1.3.6.1.5.5.7.8.9");
    }
}
