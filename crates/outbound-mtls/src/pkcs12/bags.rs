//! The bags of a PKCS#12 file: keys, certificates, and the names that tie them together.

use std::borrow::Cow;

use openssl::pkey::PKey;
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::ber::{
    BMP_STRING, BerError, CONTEXT_0, CONTEXT_0_PRIMITIVE, OBJECT_IDENTIFIER, OCTET_STRING,
    SEQUENCE, SET, Value, Values,
};
use super::decrypt::{DecryptError, decrypt};
use super::derive::Budget;
use super::password_form::PasswordForm;
use crate::contents::{Contents, Label};

/// The most bags of one file. Stores of 150 authorities exist; a file for one client has four.
const MAX_BAGS: usize = 1_000;

/// How deep bags may lie in bags. Nobody has been seen to use more than one level.
const MAX_NESTING: usize = 8;

pub(super) const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const SAFE_CONTENTS_BAG: &str = "1.2.840.113549.1.12.10.1.6";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME: &str = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID: &str = "1.2.840.113549.1.9.21";

/// Why the bags could not be read.
#[derive(Debug)]
pub(super) enum BagError {
    /// Something could not be decrypted.
    Decrypt(DecryptError),
    /// A private key that OpenSSL does not read.
    Key,
    /// A certificate that OpenSSL does not read.
    Certificate,
    /// More bags, or deeper ones, than the limits.
    TooMany,
    /// Encrypted for a recipient's key instead of a password.
    PublicKeyPrivacy,
}

impl From<BerError> for BagError {
    fn from(error: BerError) -> Self {
        Self::Decrypt(error.into())
    }
}

impl From<DecryptError> for BagError {
    fn from(error: DecryptError) -> Self {
        Self::Decrypt(error)
    }
}

/// Reads every bag of a file's contents under one form of the password.
///
/// Bags that are neither keys nor X.509 certificates (CRLs, secrets) are passed over.
pub(super) fn read(
    authenticated_safe: &[u8],
    password: &PasswordForm,
) -> Result<Contents, BagError> {
    let mut reader = BagReader {
        password,
        budget: Budget::new(),
        bags: 0,
        found: Contents::default(),
    };
    let mut infos = Values::new(authenticated_safe).expect(SEQUENCE)?.values();
    while let Some(info) = infos.next_or_end()? {
        reader.read_info(&info)?;
    }
    Ok(reader.found)
}

struct BagReader<'a> {
    password: &'a PasswordForm,
    budget: Budget,
    bags: usize,
    found: Contents,
}

impl BagReader<'_> {
    fn read_info(&mut self, info: &Value<'_>) -> Result<(), BagError> {
        let mut fields = info.values();
        let kind = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
        let content = fields.expect(CONTEXT_0)?.only()?;
        let safe = match kind.as_str() {
            DATA => Zeroizing::new(content.octets()?.into_owned()),
            ENCRYPTED_DATA => self.decrypt_data(&content)?,
            _ => return Err(BagError::PublicKeyPrivacy),
        };
        self.read_safe(&Values::new(&safe).expect(SEQUENCE)?, 0)
    }

    fn decrypt_data(&mut self, content: &Value<'_>) -> Result<Zeroizing<Vec<u8>>, BagError> {
        let mut fields = content.values();
        fields.next_value()?;
        let mut info = fields.expect(SEQUENCE)?.values();
        info.expect(OBJECT_IDENTIFIER)?;
        let algorithm = info.expect(SEQUENCE)?;
        let ciphertext = match info.next_value()? {
            value if matches!(value.tag(), CONTEXT_0 | CONTEXT_0_PRIMITIVE) => value.octets()?,
            _ => return Err(BerError::Unexpected.into()),
        };
        Ok(decrypt(
            &algorithm,
            &ciphertext,
            self.password,
            &mut self.budget,
        )?)
    }

    fn read_safe(&mut self, safe: &Value<'_>, depth: usize) -> Result<(), BagError> {
        let mut bags = safe.values();
        while let Some(bag) = bags.next_or_end()? {
            self.bags += 1;
            if self.bags > MAX_BAGS || depth > MAX_NESTING {
                return Err(BagError::TooMany);
            }
            self.read_bag(&bag, depth)?;
        }
        Ok(())
    }

    fn read_bag(&mut self, bag: &Value<'_>, depth: usize) -> Result<(), BagError> {
        let mut fields = bag.values();
        let kind = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
        let content = fields.expect(CONTEXT_0)?;
        let label = match fields.next_or_end()? {
            Some(attributes) if attributes.tag() == SET => label(&attributes)?,
            _ => Label::default(),
        };
        match kind.as_str() {
            KEY_BAG => self.add_key(content.bytes(), label),
            SHROUDED_KEY_BAG => {
                let der = self.decrypt_key(&content.only()?)?;
                self.add_key(&der, label)
            }
            CERTIFICATE_BAG => self.add_certificate(&content.only()?, label),
            SAFE_CONTENTS_BAG => self.read_safe(&content.only()?, depth + 1),
            _ => Ok(()),
        }
    }

    /// Decrypts an `EncryptedPrivateKeyInfo`.
    fn decrypt_key(&mut self, value: &Value<'_>) -> Result<Zeroizing<Vec<u8>>, BagError> {
        Ok(decrypt_private_key(value, self.password, &mut self.budget)?)
    }

    fn add_key(&mut self, pkcs8: &[u8], label: Label) -> Result<(), BagError> {
        let key = PKey::private_key_from_pkcs8(pkcs8).map_err(|_| BagError::Key)?;
        self.found.add_key(key, label);
        Ok(())
    }

    fn add_certificate(&mut self, value: &Value<'_>, label: Label) -> Result<(), BagError> {
        let mut fields = value.values();
        if fields.expect(OBJECT_IDENTIFIER)?.dotted()? != X509_CERTIFICATE {
            return Ok(());
        }
        let der: Cow<'_, [u8]> = fields.expect(CONTEXT_0)?.only()?.octets()?;
        let certificate = X509::from_der(&der).map_err(|_| BagError::Certificate)?;
        self.found.add_certificate(certificate, label);
        Ok(())
    }
}

/// Decrypts an `EncryptedPrivateKeyInfo` (RFC 5958) into a `PrivateKeyInfo`.
pub(crate) fn decrypt_private_key(
    value: &Value<'_>,
    password: &PasswordForm,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut fields = value.values();
    let algorithm = fields.expect(SEQUENCE)?;
    let ciphertext = fields.expect(OCTET_STRING)?.octets()?;
    decrypt(&algorithm, &ciphertext, password, budget)
}

/// The friendly name and local key id among a bag's attributes.
fn label(attributes: &Value<'_>) -> Result<Label, BagError> {
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
            (LOCAL_KEY_ID, OCTET_STRING) => label.id = Some(value.octets()?.into_owned()),
            _ => {}
        }
    }
    Ok(label)
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|pair| {
        pair.iter()
            .fold(0_u16, |unit, byte| unit.wrapping_shl(8) | u16::from(*byte))
    });
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
