//! The integrity check of a PKCS#12 file (RFC 7292 section 4, RFC 9579).

use std::borrow::Cow;

use openssl::hash::MessageDigest;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::ber::{BerError, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, Value};
use super::decrypt::{DecryptError, hmac_digest, legible, pbkdf2};
use super::derive::{Budget, Derivation, Purpose};
use super::password_form::PasswordForm;

const PBMAC1: &str = "1.2.840.113549.1.5.14";

/// The longest key that PBMAC1 may ask for; the longest block of a digest here is 128 bytes.
const MAX_KEY_LENGTH: u64 = 128;

/// The check value of a file and how it was made.
pub(super) struct Mac<'a> {
    name: String,
    parameters: Option<Value<'a>>,
    expected: Cow<'a, [u8]>,
    salt: Cow<'a, [u8]>,
    iterations: u64,
}

impl<'a> Mac<'a> {
    /// Reads the `MacData` of a file.
    pub(super) fn read(value: &Value<'a>) -> Result<Self, BerError> {
        let mut fields = value.values();
        let mut info = fields.expect(SEQUENCE)?.values();
        let mut algorithm = info.expect(SEQUENCE)?.values();
        Ok(Self {
            name: algorithm.expect(OBJECT_IDENTIFIER)?.dotted()?,
            parameters: algorithm.next_or_end()?,
            expected: info.expect(OCTET_STRING)?.octets()?,
            salt: fields.expect(OCTET_STRING)?.octets()?,
            iterations: match fields.next_or_end()? {
                Some(value) if value.tag() == INTEGER => value.number()?,
                _ => 1,
            },
        })
    }

    /// Whether the contents are what somebody with this password wrote.
    pub(super) fn fits(
        &self,
        contents: &[u8],
        password: &PasswordForm,
        budget: &mut Budget,
    ) -> Result<bool, DecryptError> {
        let (digest, key) = if self.name == PBMAC1 {
            self.pbmac1_key(password, budget)?
        } else {
            self.own_key(password, budget)?
        };
        let key = PKey::hmac(&key)?;
        let mut signer = Signer::new(digest, &key)?;
        signer.update(contents)?;
        let seen = signer.sign_to_vec()?;
        Ok(seen.len() == self.expected.len() && memcmp::eq(&seen, &self.expected))
    }

    fn own_key(
        &self,
        password: &PasswordForm,
        budget: &mut Budget,
    ) -> Result<(MessageDigest, Zeroizing<Vec<u8>>), DecryptError> {
        let digest = match self.name.as_str() {
            "1.3.14.3.2.26" => MessageDigest::sha1(),
            "2.16.840.1.101.3.4.2.1" => MessageDigest::sha256(),
            "2.16.840.1.101.3.4.2.2" => MessageDigest::sha384(),
            "2.16.840.1.101.3.4.2.3" => MessageDigest::sha512(),
            "2.16.840.1.101.3.4.2.4" => MessageDigest::sha224(),
            "1.2.840.113549.2.5" => MessageDigest::md5(),
            other => {
                return Err(DecryptError::Unsupported(format!(
                    "the integrity check {}",
                    legible(other)
                )));
            }
        };
        let derivation = Derivation {
            digest,
            salt: &self.salt,
            iterations: budget.spend(self.iterations)?,
        };
        let key = derivation.pkcs12(Purpose::Mac, password, digest.size())?;
        Ok((digest, key))
    }

    /// The key of RFC 9579, whose length stands in the PBKDF2 parameters and must.
    fn pbmac1_key(
        &self,
        password: &PasswordForm,
        budget: &mut Budget,
    ) -> Result<(MessageDigest, Zeroizing<Vec<u8>>), DecryptError> {
        let mut fields = self.parameters.ok_or(BerError::Unexpected)?.values();
        let mut derivation = fields.expect(SEQUENCE)?.values();
        derivation.expect(OBJECT_IDENTIFIER)?;
        let parameters = derivation.expect(SEQUENCE)?;
        let scheme = fields
            .expect(SEQUENCE)?
            .values()
            .expect(OBJECT_IDENTIFIER)?;
        let mut inner = parameters.values();
        inner.expect(OCTET_STRING)?;
        inner.expect(INTEGER)?;
        let length = inner.expect(INTEGER)?.number()?;
        let length =
            usize::try_from(length.min(MAX_KEY_LENGTH)).map_err(|_| BerError::Unexpected)?;
        let key = pbkdf2(&parameters, length, password, budget)?;
        Ok((hmac_digest(&scheme.dotted()?)?, key))
    }
}
