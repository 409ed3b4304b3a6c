//! The integrity check of a PKCS#12 file (RFC 7292 section 4, RFC 9579).

use std::fmt;

use openssl::error::ErrorStack;
use openssl::memcmp;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::ber::{BerError, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, Value};
use super::budget::pass_over;
use super::derivation::{Derivation, Function, Purpose};
use super::digest::Digest;
use super::parameters::{pbkdf2, unsupported};
use super::read_error::ReadError;

const PBMAC1: &str = "1.2.840.113549.1.5.14";

/// The longest key that PBMAC1 may ask for; the longest block of a digest here is 128 bytes.
const MAX_KEY_LENGTH: u64 = 128;

/// The check value of a file and how it was made.
pub(super) struct Mac {
    pub(super) derivation: Derivation,
    key_length: usize,
    digest: Digest,
    expected: Vec<u8>,
}

impl Mac {
    /// Reads the `MacData` of a file.
    pub(super) fn read(value: &Value<'_>) -> Result<Self, ReadError> {
        let mut fields = value.values();
        let mut info = fields.expect(SEQUENCE)?.values();
        let mut algorithm = info.expect(SEQUENCE)?.values();
        let expected = info.expect_octets()?.to_vec();
        let salt = fields.expect_octets()?.to_vec();
        let iterations = match fields.next_or_end()? {
            Some(value) if value.tag() == INTEGER => value.number()?.max(1),
            _ => 1,
        };
        let name = algorithm.expect(OBJECT_IDENTIFIER)?.dotted()?;
        if name == PBMAC1 {
            return Self::pbmac1(&algorithm.expect(SEQUENCE)?, expected);
        }
        let digest = Digest::of(&name).ok_or_else(|| unsupported("the integrity check", &name))?;
        let function = Function::Pkcs12 { digest, iterations };
        Ok(Self {
            derivation: Derivation { function, salt },
            key_length: digest.openssl().size(),
            digest,
            expected,
        })
    }

    /// The check of RFC 9579. The key's length must be among the PBKDF2 parameters (section 5).
    fn pbmac1(parameters: &Value<'_>, expected: Vec<u8>) -> Result<Self, ReadError> {
        let mut fields = parameters.values();
        let mut derivation = fields.expect(SEQUENCE)?.values();
        derivation.expect(OBJECT_IDENTIFIER)?;
        let (derivation, length) = pbkdf2(&derivation.expect(SEQUENCE)?)?;
        let length = length.ok_or(BerError::Unexpected)?;
        let scheme = fields.expect(SEQUENCE)?.values();
        let name = { scheme }.expect(OBJECT_IDENTIFIER)?.dotted()?;
        let digest =
            Digest::of_hmac(&name).ok_or_else(|| unsupported("the integrity check", &name))?;
        if length > MAX_KEY_LENGTH {
            let what = format!("an integrity key of {length} bytes");
            return Err(ReadError::Unsupported(what));
        }
        Ok(Self {
            derivation,
            key_length: usize::try_from(length).unwrap_or(0),
            digest,
            expected,
        })
    }

    /// Hash blocks that one attempt costs.
    pub(super) fn cost(&self, contents: &[u8]) -> u64 {
        let derived = self.derivation.cost(self.key_length);
        derived.saturating_add(pass_over(contents.len()))
    }

    /// Whether the contents are what somebody with this secret wrote; the cost has been spent.
    pub(super) fn fits(&self, secret: &[u8], contents: &[u8]) -> bool {
        self.value(secret, contents).is_ok_and(|value| {
            value.len() == self.expected.len() && memcmp::eq(&value, &self.expected)
        })
    }

    fn value(&self, secret: &[u8], contents: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let key = self
            .derivation
            .derive(Purpose::Mac, secret, self.key_length)?;
        let key = PKey::hmac(&key)?;
        let mut signer = Signer::new(self.digest.openssl(), &key)?;
        signer.update(contents)?;
        signer.sign_to_vec()
    }
}

/// What the file asks for, as refusals name it.
impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.derivation.fmt(f)
    }
}
