//! The outer parts of a PKCS#12 file: an integrity check over safes, each plain or encrypted.

use std::fmt::Display;

use super::bags::{Bag, BagReader, Item};
use super::ber::{
    BerError, CONTEXT_0, CONTEXT_0_PRIMITIVE, INTEGER, OBJECT_IDENTIFIER, Octets, SEQUENCE, Value,
    Values,
};
use super::budget::refuse_sum;
use super::encryption::Encrypted;
use super::mac::Mac;
use super::read_error::ReadError;

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";

/// The version of every PKCS#12 file (RFC 7292, section 4).
const VERSION: u64 = 3;

/// A file, as far as it can be read without a password.
pub(super) struct Archive<'a> {
    /// What the integrity check covers.
    pub(super) contents: Octets<'a>,
    pub(super) mac: Option<Mac>,
    pub(super) safes: Vec<Safe>,
    /// Counts on in the safes that are encrypted.
    pub(super) bags: BagReader,
}

pub(super) enum Safe {
    Plain(Vec<Bag>),
    Encrypted(Encrypted),
}

impl<'a> Archive<'a> {
    /// Reads the structure. Nothing is decrypted, and nothing costs more than a pass over the bytes.
    pub(super) fn read(outline: &Outline<'a>) -> Result<Self, ReadError> {
        let contents = outline.contents.octets()?;
        let mut bags = BagReader::default();
        let mut safes = Vec::new();
        let mut infos = Values::new(&contents).expect(SEQUENCE)?.values();
        while let Some(info) = infos.next_or_end()? {
            safes.push(safe(&info, &mut bags)?);
        }
        let mac = outline.mac.as_ref().map(Mac::read).transpose()?;
        Ok(Self {
            contents,
            mac,
            safes,
            bags,
        })
    }

    /// Refuses a file whose visible parts together cost too much, before anything is done for one of them.
    pub(super) fn refuse_costly(&self) -> Result<(), ReadError> {
        let mac = self.mac.iter().map(|mac| {
            let asked: &dyn Display = mac;
            (mac.cost(&self.contents), asked)
        });
        let encrypted = self.safes.iter().flat_map(Safe::encrypted);
        let encrypted = encrypted.map(|part| {
            let asked: &dyn Display = part;
            (part.cost(), asked)
        });
        Ok(refuse_sum(mac.chain(encrypted))?)
    }
}

impl Safe {
    fn encrypted(&self) -> Vec<&Encrypted> {
        match self {
            Self::Encrypted(encrypted) => vec![encrypted],
            Self::Plain(bags) => bags.iter().filter_map(Bag::shrouded).collect(),
        }
    }
}

impl Bag {
    fn shrouded(&self) -> Option<&Encrypted> {
        match &self.item {
            Item::ShroudedKey(encrypted) => Some(encrypted),
            Item::Key(_) | Item::Certificate(_) => None,
        }
    }
}

/// The outermost structure, by which a file is known as PKCS#12 under a password.
pub(super) struct Outline<'a> {
    contents: Value<'a>,
    mac: Option<Value<'a>>,
}

impl<'a> Outline<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, BerError> {
        let mut fields = Values::new(bytes).expect(SEQUENCE)?.values();
        if fields.expect(INTEGER)?.number()? != VERSION {
            return Err(BerError::Unexpected);
        }
        let mut info = fields.expect(SEQUENCE)?.values();
        if info.expect(OBJECT_IDENTIFIER)?.dotted()? != DATA {
            return Err(BerError::Unexpected);
        }
        let contents = info.expect(CONTEXT_0)?.only()?;
        let mac = fields
            .next_or_end()?
            .filter(|value| value.tag() == SEQUENCE);
        Ok(Self { contents, mac })
    }
}

fn safe(info: &Value<'_>, bags: &mut BagReader) -> Result<Safe, ReadError> {
    let mut fields = info.values();
    let kind = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let content = fields.expect(CONTEXT_0)?.only()?;
    match kind.as_str() {
        DATA => Ok(Safe::Plain(bags.read(&content.octets()?)?)),
        ENCRYPTED_DATA => Ok(Safe::Encrypted(encrypted_data(&content)?)),
        _ => Err(ReadError::PublicKeyPrivacy),
    }
}

/// An `EncryptedData` (RFC 5652, section 8).
fn encrypted_data(content: &Value<'_>) -> Result<Encrypted, ReadError> {
    let mut fields = content.values();
    fields.next_value()?;
    let mut info = fields.expect(SEQUENCE)?.values();
    info.expect(OBJECT_IDENTIFIER)?;
    let algorithm = info.expect(SEQUENCE)?;
    let ciphertext = info.next_value()?;
    if !matches!(ciphertext.tag(), CONTEXT_0 | CONTEXT_0_PRIMITIVE) {
        return Err(BerError::Unexpected.into());
    }
    Encrypted::new(&algorithm, ciphertext.octets()?.to_vec())
}
