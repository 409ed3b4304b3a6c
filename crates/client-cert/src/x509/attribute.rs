//! One attribute of a distinguished name: its type, its value, and how it is shown.

use std::fmt;

use x509_parser::asn1_rs::Tag;

use super::attribute_type::{AttributeType, MAIL_ADDRESS};
use super::der::{Element, elements};
use super::prepared_text::prepared;
use super::string_type::decode;
use crate::invisible::is_invisible;

/// An attribute type and value.
#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub(super) kind: AttributeType,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    /// A string, whatever its type.
    Text(String),
    /// The DER encoding of anything else.
    Other(Box<[u8]>),
}

impl Attribute {
    pub(super) fn of_text(kind: AttributeType, text: String) -> Self {
        Self {
            kind,
            value: Value::Text(text),
        }
    }

    /// An attribute with the value that these bytes encode; `None` if they are not one element.
    pub(super) fn of_der(kind: AttributeType, der: &[u8]) -> Option<Self> {
        match elements(der)?.as_slice() {
            [value] => Some(Self::of_element(kind, value)),
            _ => None,
        }
    }

    fn of_element(kind: AttributeType, value: &Element<'_>) -> Self {
        let text = value.tag().and_then(|tag| decode(tag, value.content()));
        let value = text.map_or_else(|| Value::Other(value.raw.into()), Value::Text);
        Self { kind, value }
    }

    /// Reads `SEQUENCE { type OBJECT IDENTIFIER, value ANY }`.
    pub(super) fn read(pair: &Element<'_>) -> Option<Self> {
        let parts = pair.is(Tag::Sequence).then(|| elements(pair.content()))??;
        match parts.as_slice() {
            [kind, value] if kind.is(Tag::Oid) => {
                let kind = AttributeType::from_content(kind.content())?;
                Some(Self::of_element(kind, value))
            }
            _ => None,
        }
    }

    /// The value, if it is text that can be a name: control characters, NUL among them, are never part of one.
    pub(super) fn name_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) if !text.chars().any(char::is_control) => Some(text),
            Value::Text(_) | Value::Other(_) => None,
        }
    }

    pub(super) fn is_mail_address(&self) -> bool {
        self.kind.is(MAIL_ADDRESS)
    }

    /// Whether it is compared by RFC 4518, or is no text.
    pub(super) fn is_comparable(&self) -> bool {
        match &self.value {
            Value::Text(text) => prepared(text).is_some(),
            Value::Other(_) => true,
        }
    }

    /// Bytes that are equal for attributes that are (RFC 5280, section 7.1).
    pub(super) fn key(&self) -> Vec<u8> {
        let (form, bytes) = match &self.value {
            Value::Text(text) => match prepared(text) {
                Some(text) => (b'p', text.into_bytes()),
                None => (b'x', text.clone().into_bytes()),
            },
            Value::Other(der) => (b'd', der.to_vec()),
        };
        let mut key = Vec::with_capacity(bytes.len().saturating_add(32));
        append(self.kind.content(), &mut key);
        key.push(form);
        append(&bytes, &mut key);
        key
    }
}

/// Appends a length and as many bytes, so that what follows one another can be told apart.
fn append(bytes: &[u8], key: &mut Vec<u8>) {
    key.extend(bytes.len().to_be_bytes());
    key.extend(bytes);
}

/// Writes RFC 4514: `CN=partner`, or `CN=#…` for a value that is not a string.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}=", self.kind)?;
        match &self.value {
            Value::Text(text) => escape(text, f),
            Value::Other(der) => {
                f.write_str("#")?;
                der.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
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
