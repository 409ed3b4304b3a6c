//! A distinguished name: compared as bytes, shown as escaped text, never matched as a string.

use std::fmt;

use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::X509Name;

use super::attribute::{Attribute, COMMON_NAME, MAIL_ADDRESS};

/// A distinguished name (RFC 5280, section 4.1.2.4).
///
/// Two names are equal if their DER encodings are. `Display` writes RFC 4514 for people and logs: what could disturb a
/// terminal or a line of a log is escaped.
#[derive(Clone, Debug)]
pub struct Name {
    der: Box<[u8]>,
    /// The relative distinguished names, in order.
    rdns: Vec<Vec<Attribute>>,
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
        let (rest, name) = X509Name::from_der(der).ok()?;
        rest.is_empty().then(|| Self::new(&name))?
    }

    /// Reads a name; `None` if the parser did not read all of it: it stops at the first part that it cannot read.
    pub(crate) fn new(name: &X509Name<'_>) -> Option<Self> {
        let rdns: Vec<Vec<Attribute>> = name
            .iter_rdn()
            .map(|rdn| rdn.iter().map(Attribute::new).collect())
            .collect();
        let read = rdns.iter().map(Vec::len).sum::<usize>();
        (count_attributes(name.as_raw()) == Some(read)).then(|| Self {
            der: name.as_raw().into(),
            rdns,
        })
    }

    /// Whether the name contains a mail address, as older authorities issue them.
    pub(crate) fn has_mail_address(&self) -> bool {
        self.rdns
            .iter()
            .flatten()
            .any(|attribute| attribute.oid == MAIL_ADDRESS)
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
            .filter(|attribute| attribute.oid == COMMON_NAME)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Name {}

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

/// How many attributes a name has, if it is a sequence of sets of pairs and nothing else (RFC 5280, section 4.1.2.4).
fn count_attributes(name: &[u8]) -> Option<usize> {
    let mut count: usize = 0;
    for rdn in elements(only(name, Tag::Sequence)?) {
        let rdn = rdn.filter(|rdn| rdn.tag() == Tag::Set)?;
        for pair in elements(rdn.data) {
            let pair = pair.filter(|pair| pair.tag() == Tag::Sequence)?;
            let mut parts = elements(pair.data);
            parts.next()?.filter(|oid| oid.tag() == Tag::Oid)?;
            parts.next()??;
            if parts.next().is_some() {
                return None;
            }
            count = count.checked_add(1)?;
        }
    }
    Some(count)
}

/// The content of the one element that the bytes are.
fn only(bytes: &[u8], tag: Tag) -> Option<&[u8]> {
    let (rest, element) = Any::from_der(bytes).ok()?;
    (rest.is_empty() && element.tag() == tag).then_some(element.data)
}

/// The elements that follow one another in some bytes; a `None` where they cannot be read on.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = Option<Any<'_>>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        match Any::from_der(bytes) {
            Ok((rest, element)) => {
                bytes = rest;
                Some(Some(element))
            }
            Err(_) => {
                bytes = &[];
                Some(None)
            }
        }
    })
}
