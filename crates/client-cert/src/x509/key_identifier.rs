//! Identifiers of keys: which of several keys with one name made a signature (RFC 5280, sections 4.2.1.1 and 4.2.1.2).

use x509_parser::asn1_rs::Tag;

use super::der::{elements, sequence};

/// An identifier of a key, chosen by its issuer. It says where to look first and proves nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KeyIdentifier(pub Box<[u8]>);

impl KeyIdentifier {
    /// Reads the value of subjectKeyIdentifier; `None` if it is anything else.
    pub(super) fn of_subject(value: &[u8]) -> Option<Self> {
        match elements(value)?.as_slice() {
            [only] if only.is(Tag::OctetString) => Some(Self(only.content().into())),
            _ => None,
        }
    }

    /// Reads the field `keyIdentifier` of authorityKeyIdentifier; `None` if it is absent, or the value is anything else.
    pub(crate) fn of_authority(value: &[u8]) -> Option<Self> {
        let fields = sequence(value)?;
        let identifier = fields.iter().find(|field| field.is_context(0))?;
        if identifier.is_constructed() {
            return None;
        }
        Some(Self(identifier.content().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_read_from_exactly_its_own_form() {
        let read = |found: Option<KeyIdentifier>| found.map(|found| found.0.to_vec());
        for (value, expected) in [
            (&b"\x04\x02\x01\x02"[..], Some(vec![1, 2])),
            (b"\x04\x02\x01\x02\x05\x00", None),
            (b"\x80\x02\x01\x02", None),
            (b"\x04\x03\x01\x02", None),
        ] {
            assert_eq!(
                read(KeyIdentifier::of_subject(value)),
                expected,
                "{value:?}"
            );
        }
        for (value, expected) in [
            (&b"\x30\x04\x80\x02\x01\x02"[..], Some(vec![1, 2])),
            (b"\x30\x07\x80\x02\x01\x02\x82\x01\x05", Some(vec![1, 2])),
            (b"\x30\x03\x82\x01\x05", None),
            (b"\x30\x04\x04\x02\x01\x02", None),
            (b"\x30\x04\x80\x02\x01\x02\x05\x00", None),
            (b"\x30\x04\x80\x03\x01\x02", None),
        ] {
            assert_eq!(
                read(KeyIdentifier::of_authority(value)),
                expected,
                "{value:?}"
            );
        }
    }
}
