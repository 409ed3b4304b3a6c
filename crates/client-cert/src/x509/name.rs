//! A distinguished name: compared by its attributes, shown as escaped text, never matched as a string.

use std::fmt;
use std::hash::{Hash, Hasher};

use x509_parser::asn1_rs::Tag;
use x509_parser::x509::X509Name;

use super::attribute::Attribute;
use super::attribute_type::COMMON_NAME;
use super::der::{Element, elements, sequence};
use super::rfc4514;
use crate::syntax_error::SyntaxError;

/// A distinguished name (RFC 5280, section 4.1.2.4).
///
/// Two names are equal by RFC 5280, section 7.1: the same relative distinguished names in the same order, in each the same
/// attributes in any order, whose texts are equal by RFC 4518 without case, whatever their string types: `PrintableString`
/// equals `UTF8String`, `Example  Ltd` equals `EXAMPLE LTD`. Texts with invisible characters or unassigned code points,
/// and values that are no text, are equal if they are exactly the same.
///
/// `Display` writes RFC 4514 for people and logs: what could disturb a terminal or a line of a log is escaped.
/// [`Self::from_rfc4514`] reads it back.
#[derive(Clone, Debug)]
pub struct Name {
    /// The relative distinguished names, in order.
    rdns: Box<[Vec<Attribute>]>,
    /// What each is compared by.
    keys: Box<[Box<[u8]>]>,
    /// Whether every text in it is compared by RFC 4518, and none exactly.
    comparable: bool,
}

/// What a name has for a common name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CommonName<'a> {
    /// Exactly one, and it is readable.
    One(&'a str),
    /// None.
    Absent,
    /// This many: none of them counts.
    Several(usize),
    /// One that is not readable text: not a string, or one with control characters (NUL among them) inside.
    Unreadable,
}

impl Name {
    /// Reads a name from exactly the given DER encoding, such as the name of an authority in a TLS handshake.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let rdns = sequence(der)?;
        let rdns: Option<Vec<Vec<Attribute>>> = rdns.iter().map(read_rdn).collect();
        rdns.map(Self::of)
    }

    /// Reads the text of a name, exactly as RFC 4514 defines it: `CN=partner,O=Example\\, Ltd,C=DE`, the most specific
    /// attribute first.
    ///
    /// Attribute types are CN, serialNumber, C, L, ST, STREET, O, OU, UID, DC and emailAddress in any case, or dotted
    /// identifiers; values are text with backslash escapes, or `#` and the hexadecimal digits of a DER element; `+` joins
    /// the attributes of one relative distinguished name. There are no blanks around separators. The empty text is the
    /// empty name.
    ///
    /// # Errors
    ///
    /// What was expected, what was found, and at which character.
    pub fn from_rfc4514(text: &str) -> Result<Self, SyntaxError> {
        rfc4514::parse(text).map(Self::of)
    }

    /// Reads a name that the parser found; `None` if it is anything but a sequence of sets of attributes.
    pub(crate) fn new(name: &X509Name<'_>) -> Option<Self> {
        Self::from_der(name.as_raw())
    }

    fn of(rdns: Vec<Vec<Attribute>>) -> Self {
        let key = |rdn: &Vec<Attribute>| {
            let mut attributes: Vec<Vec<u8>> = rdn.iter().map(Attribute::key).collect();
            attributes.sort_unstable();
            attributes.concat().into()
        };
        Self {
            keys: rdns.iter().map(key).collect(),
            comparable: rdns.iter().flatten().all(Attribute::is_comparable),
            rdns: rdns.into(),
        }
    }

    /// Whether it has no attribute.
    pub fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// This name with one more relative distinguished name: the encodings of its attributes, without the SET around them.
    pub(crate) fn below(&self, attributes: &[u8]) -> Option<Self> {
        let attributes = elements(attributes)?;
        let attributes: Option<Vec<Attribute>> = attributes.iter().map(Attribute::read).collect();
        let mut rdns = self.rdns.to_vec();
        rdns.push(attributes.filter(|attributes| !attributes.is_empty())?);
        Some(Self::of(rdns))
    }

    /// Whether it is `base` or continues it (RFC 5280, section 4.2.1.10: directory names). Every name continues the empty
    /// name.
    pub fn is_within(&self, base: &Self) -> bool {
        self.keys.starts_with(&base.keys)
    }

    /// Whether every text in it is compared by RFC 4518. If not, whoever excludes names cannot be sure that it is not one of
    /// them.
    pub(crate) fn is_comparable(&self) -> bool {
        self.comparable
    }

    /// The mail addresses among its attributes, as older authorities issue them; `None` for one that is no text.
    pub(crate) fn mail_addresses(&self) -> impl Iterator<Item = Option<&str>> {
        let attributes = self.rdns.iter().flatten();
        attributes
            .filter(|attribute| attribute.is_mail_address())
            .map(Attribute::name_text)
    }

    /// The common name, if there is exactly one.
    pub fn common_name(&self) -> CommonName<'_> {
        let mut found = self.common_name_attributes();
        match (found.next(), found.count()) {
            (None, _) => CommonName::Absent,
            (Some(attribute), 0) => attribute
                .name_text()
                .map_or(CommonName::Unreadable, CommonName::One),
            (Some(_), more) => CommonName::Several(more.saturating_add(1)),
        }
    }

    /// Every common name that can be read. For explanations; a decision takes [`Self::common_name`].
    pub fn common_names(&self) -> impl Iterator<Item = &str> {
        self.common_name_attributes()
            .filter_map(Attribute::name_text)
    }

    fn common_name_attributes(&self) -> impl Iterator<Item = &Attribute> {
        self.rdns
            .iter()
            .flatten()
            .filter(|attribute| attribute.kind.is(COMMON_NAME))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.keys == other.keys
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.keys.hash(state);
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, rdn) in self.rdns.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in rdn.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

/// Reads a relative distinguished name: a set of one attribute at least.
fn read_rdn(rdn: &Element<'_>) -> Option<Vec<Attribute>> {
    let attributes = rdn.is(Tag::Set).then(|| elements(rdn.content()))??;
    let attributes: Option<Vec<Attribute>> = attributes.iter().map(Attribute::read).collect();
    attributes.filter(|attributes| !attributes.is_empty())
}

#[cfg(test)]
mod tests;
