//! Types of attributes, and their short names.

use std::fmt;

use super::oid::Oid;

/// The type of an attribute.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct AttributeType(Oid);

/// `id-at-commonName` (RFC 5280, appendix A.1): 2.5.4.3.
pub(super) const COMMON_NAME: &[u8] = b"\x55\x04\x03";

/// `id-emailAddress` (RFC 5280, appendix A.1): 1.2.840.113549.1.9.1.
pub(super) const MAIL_ADDRESS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01";

/// Short names of attribute types, by the content of their encoding: RFC 4514, section 3, and the two that Windows and
/// OpenSSL add.
const SHORT_NAMES: [(&[u8], &str); 11] = [
    (COMMON_NAME, "CN"),
    (b"\x55\x04\x05", "serialNumber"),
    (b"\x55\x04\x06", "C"),
    (b"\x55\x04\x07", "L"),
    (b"\x55\x04\x08", "ST"),
    (b"\x55\x04\x09", "STREET"),
    (b"\x55\x04\x0a", "O"),
    (b"\x55\x04\x0b", "OU"),
    (b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID"),
    (b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC"),
    (MAIL_ADDRESS, "emailAddress"),
];

impl AttributeType {
    /// Reads the content of the DER encoding.
    pub(super) fn from_content(content: &[u8]) -> Option<Self> {
        Oid::from_content(content).map(Self)
    }

    /// The type of a short name, in any case, or of a dotted OID.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let short = SHORT_NAMES
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(text));
        match short {
            Some((content, _)) => Self::from_content(content),
            None => text.parse().ok().map(Self),
        }
    }

    pub(super) fn content(&self) -> &[u8] {
        self.0.content()
    }

    /// Whether it is the type with this content.
    pub(super) fn is(&self, content: &[u8]) -> bool {
        self.content() == content
    }
}

/// The short name, or dotted notation.
impl fmt::Display for AttributeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SHORT_NAMES.iter().find(|(content, _)| self.is(content)) {
            Some((_, name)) => f.write_str(name),
            None => self.0.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_those_of_their_identifiers() {
        for (oid, name) in [
            ("2.5.4.3", "CN"),
            ("2.5.4.5", "serialNumber"),
            ("2.5.4.6", "C"),
            ("2.5.4.7", "L"),
            ("2.5.4.8", "ST"),
            ("2.5.4.9", "STREET"),
            ("2.5.4.10", "O"),
            ("2.5.4.11", "OU"),
            ("0.9.2342.19200300.100.1.1", "UID"),
            ("0.9.2342.19200300.100.1.25", "DC"),
            ("1.2.840.113549.1.9.1", "emailAddress"),
        ] {
            let by_oid = AttributeType::from_text(oid).unwrap();
            assert_eq!(by_oid.to_string(), name);
            let by_name = AttributeType::from_text(&name.to_lowercase());
            assert_eq!(by_name, Some(by_oid));
        }
        assert_eq!(
            AttributeType::from_text("2.5.4.99").unwrap().to_string(),
            "2.5.4.99"
        );
        assert_eq!(AttributeType::from_text("GN"), None);
    }
}
