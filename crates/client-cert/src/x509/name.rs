//! A distinguished name: compared as bytes, shown as escaped text, never matched as a string.

use std::fmt;

use x509_parser::asn1_rs::{Any, FromDer as _, Tag};
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// `id-at-commonName` (RFC 5280, appendix A.1).
const COMMON_NAME: &str = "2.5.4.3";

/// `id-emailAddress` (RFC 5280, appendix A.1).
const MAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// Short names of attribute types, from RFC 4514, section 3, and the two that Windows and OpenSSL add.
const SHORT_NAMES: [(&str, &str); 11] = [
    (COMMON_NAME, "CN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    (MAIL_ADDRESS, "emailAddress"),
];

/// A distinguished name (RFC 5280, section 4.1.2.4).
///
/// Two names are equal when their DER encodings are. `Display` writes RFC 4514 for people and logs: what
/// could disturb a terminal or a log line is escaped.
#[derive(Clone, Debug)]
pub struct Name {
    der: Box<[u8]>,
    relative: Vec<Vec<Attribute>>,
}

#[derive(Clone, Debug)]
struct Attribute {
    oid: String,
    text: Option<String>,
    raw: Box<[u8]>,
}

/// What a name has for a common name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CommonName<'a> {
    /// Exactly one, and it can be read.
    One(&'a str),
    /// None at all.
    Absent,
    /// More than one: none of them counts.
    Several(usize),
    /// One that is no text: an undecodable string, or control characters (NUL among them) inside.
    Unreadable,
}

impl Name {
    /// Reads a name from exactly the given DER encoding, such as the name of an authority in a TLS handshake.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let (rest, name) = X509Name::from_der(der).ok()?;
        rest.is_empty().then(|| Self::new(&name))?
    }

    /// Takes a name, if all of it can be read: the parser stops at the first part that it cannot.
    pub(crate) fn new(name: &X509Name<'_>) -> Option<Self> {
        let relative: Vec<Vec<Attribute>> = name
            .iter_rdn()
            .map(|relative| relative.iter().map(Attribute::new).collect())
            .collect();
        let read = relative.iter().map(Vec::len).sum::<usize>();
        (attributes(name.as_raw()) == Some(read)).then(|| Self {
            der: name.as_raw().into(),
            relative,
        })
    }

    /// Whether the name has a mail address in it, as older authorities issue them.
    pub(crate) fn has_mail_address(&self) -> bool {
        self.relative
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
        self.relative
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
        for (index, relative) in self.relative.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in relative.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl Attribute {
    fn new(attribute: &AttributeTypeAndValue<'_>) -> Self {
        Self {
            oid: attribute.attr_type().to_id_string(),
            text: decode(attribute.attr_value()),
            raw: attribute.as_slice().into(),
        }
    }

    /// The value, if it is text that can be a name.
    fn name_text(&self) -> Option<&str> {
        self.text
            .as_deref()
            .filter(|text| !text.chars().any(char::is_control))
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short = SHORT_NAMES.iter().find(|(oid, _)| *oid == self.oid);
        f.write_str(short.map_or(self.oid.as_str(), |(_, name)| name))?;
        f.write_str("=")?;
        match &self.text {
            Some(text) => escape(text, f),
            None => {
                f.write_str("#")?;
                self.raw.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

/// How many attributes a name has, if it is a sequence of sets of pairs and nothing else (RFC 5280, section 4.1.2.4).
fn attributes(name: &[u8]) -> Option<usize> {
    let mut count: usize = 0;
    for relative in elements(only(name, Tag::Sequence)?) {
        let relative = relative.filter(|relative| relative.tag() == Tag::Set)?;
        for pair in elements(relative.data) {
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

/// The text of an attribute value, by its string type (X.690, section 8.23).
///
/// TeletexString and UniversalString have no reading that everybody shares: they are no text here.
fn decode(value: &Any<'_>) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => String::from_utf8(value.data.to_vec()).ok(),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString => value
            .data
            .is_ascii()
            .then(|| value.data.iter().copied().map(char::from).collect()),
        Tag::BmpString => decode_bmp(value.data),
        _ => None,
    }
}

/// BMPString: UCS-2, big endian, without surrogates.
fn decode_bmp(data: &[u8]) -> Option<String> {
    let (pairs, rest) = data.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|pair| char::from_u32(u32::from(u16::from_be_bytes(*pair))))
        .collect()
}

/// Writes RFC 4514, section 2.4, and escapes what a terminal or a log viewer could act upon as well.
fn escape(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    let last = text.chars().count().saturating_sub(1);
    for (index, c) in text.chars().enumerate() {
        let at_an_end = (index == 0 && matches!(c, ' ' | '#')) || (index == last && c == ' ');
        if at_an_end || matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            f.write_char('\\')?;
            f.write_char(c)?;
        } else if is_invisible(c) {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                write!(f, "\\{byte:02x}")?;
            }
        } else {
            f.write_char(c)?;
        }
    }
    Ok(())
}

/// Controls, line separators, and the marks that turn the direction of text or take no room.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}
