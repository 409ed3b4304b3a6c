//! The bags of a PKCS#12 file: keys, certificates, and the names that tie them together.

use zeroize::Zeroizing;

use super::ber::{BMP_STRING, CONTEXT_0, OBJECT_IDENTIFIER, SEQUENCE, SET, Value, Values};
use super::encryption::Encrypted;
use super::read_error::ReadError;
use crate::contents::Label;

/// The most bags of one file. Stores of 150 authorities exist; a file for one client has four.
const MAX_BAGS: usize = 1_000;

/// How deep bags may be nested. Nobody has been seen to use more than one level.
const MAX_NESTING: usize = 8;

const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const SAFE_CONTENTS_BAG: &str = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME: &str = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";

/// An entry that an identity can be made of.
pub(super) struct Bag {
    pub(super) item: Item,
    pub(super) label: Label,
}

pub(super) enum Item {
    /// A `PrivateKeyInfo`.
    Key(Zeroizing<Vec<u8>>),
    /// An `EncryptedPrivateKeyInfo`.
    ShroudedKey(Encrypted),
    /// An X.509 certificate.
    Certificate(Vec<u8>),
}

/// Reads bags, and counts them over the whole file.
#[derive(Default)]
pub(super) struct BagReader {
    seen: usize,
}

impl BagReader {
    /// The bags of a `SafeContents`, those of bags in bags among them.
    ///
    /// Bags that are neither keys nor X.509 certificates (CRLs, secrets) are passed over.
    pub(super) fn read(&mut self, safe_contents: &[u8]) -> Result<Vec<Bag>, ReadError> {
        let mut bags = Vec::new();
        let safe = Values::new(safe_contents).expect(SEQUENCE)?;
        self.read_safe(&safe, 0, &mut bags)?;
        Ok(bags)
    }

    fn read_safe(
        &mut self,
        safe: &Value<'_>,
        depth: usize,
        bags: &mut Vec<Bag>,
    ) -> Result<(), ReadError> {
        let mut values = safe.values();
        while let Some(value) = values.next_or_end()? {
            self.seen += 1;
            if self.seen > MAX_BAGS || depth > MAX_NESTING {
                return Err(ReadError::TooMany);
            }
            let mut fields = value.values();
            let kind = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
            let content = fields.expect(CONTEXT_0)?;
            if kind == SAFE_CONTENTS_BAG {
                self.read_safe(&content.only()?, depth + 1, bags)?;
                continue;
            }
            let label = match fields.next_or_end()? {
                Some(attributes) if attributes.tag() == SET => label(&attributes)?,
                _ => Label::default(),
            };
            if let Some(item) = item(&kind, &content)? {
                bags.push(Bag { item, label });
            }
        }
        Ok(())
    }
}

fn item(kind: &str, content: &Value<'_>) -> Result<Option<Item>, ReadError> {
    Ok(match kind {
        KEY_BAG => Some(Item::Key(Zeroizing::new(content.bytes().to_vec()))),
        SHROUDED_KEY_BAG => Some(Item::ShroudedKey(Encrypted::private_key(&content.only()?)?)),
        CERTIFICATE_BAG => {
            let value = content.only()?;
            let mut fields = value.values();
            if fields.expect(OBJECT_IDENTIFIER)?.dotted()? != X509_CERTIFICATE {
                return Ok(None);
            }
            let der = fields.expect(CONTEXT_0)?.only()?.octets()?;
            Some(Item::Certificate(der.to_vec()))
        }
        _ => None,
    })
}

/// The friendly name and local key id among a bag's attributes.
fn label(attributes: &Value<'_>) -> Result<Label, ReadError> {
    let mut label = Label::default();
    let mut attributes = attributes.values();
    while let Some(attribute) = attributes.next_or_end()? {
        let mut fields = attribute.values();
        let kind = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
        let Some(value) = fields.expect(SET)?.values().next_or_end()? else {
            continue;
        };
        match (kind.as_str(), value.tag()) {
            (FRIENDLY_NAME, BMP_STRING) => label.name = Some(utf16(value.bytes())),
            (LOCAL_KEY_ID, _) if value.is_octets() => label.id = Some(value.octets()?.to_vec()),
            _ => {}
        }
    }
    Ok(label)
}

fn utf16(bytes: &[u8]) -> String {
    let (pairs, _) = bytes.as_chunks::<2>();
    char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
