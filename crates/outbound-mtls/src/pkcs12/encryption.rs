//! Bytes that are encrypted under a password.

use std::fmt;

use openssl::error::ErrorStack;
use openssl::symm::{Crypter, Mode};
use zeroize::Zeroizing;

use super::algorithm::Algorithm;
use super::ber::{SEQUENCE, Value};
use super::budget::pass_over;
use super::derivation::Derivation;
use super::legacy::{self, Legacy};
use super::read_error::ReadError;

/// Bytes under a password.
pub(crate) struct Encrypted {
    algorithm: Algorithm,
    ciphertext: Vec<u8>,
}

impl Encrypted {
    /// Reads an `EncryptedPrivateKeyInfo` (RFC 5958).
    pub(crate) fn private_key(value: &Value<'_>) -> Result<Self, ReadError> {
        let mut fields = value.values();
        let algorithm = fields.expect(SEQUENCE)?;
        let ciphertext = fields.expect_octets()?;
        Self::new(&algorithm, ciphertext.to_vec())
    }

    /// Ciphertext under an algorithm identifier.
    pub(super) fn new(algorithm: &Value<'_>, ciphertext: Vec<u8>) -> Result<Self, ReadError> {
        Ok(Self {
            algorithm: Algorithm::read(algorithm)?,
            ciphertext,
        })
    }

    /// How its key is derived.
    pub(super) fn derivation(&self) -> &Derivation {
        &self.algorithm.derivation
    }

    /// Whether the cipher is one that OpenSSL 3 keeps apart as obsolete.
    pub(super) fn is_obsolete(&self) -> bool {
        legacy::is_old(self.algorithm.cipher.nid())
    }

    /// Hash blocks that one attempt to decrypt costs.
    pub(crate) fn cost(&self) -> u64 {
        self.algorithm
            .cost()
            .saturating_add(pass_over(self.ciphertext.len()))
    }

    /// Decrypts with one encoding of the password; the cost has been spent.
    ///
    /// A wrong password cannot be distinguished from damage with certainty: only the padding shows it. Under a wrong one, one
    /// attempt in 256 yields bytes that mean nothing.
    pub(super) fn decrypt(
        &self,
        secret: &[u8],
        legacy: &mut Option<Legacy>,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let cipher = self.algorithm.cipher;
        let (key, iv) = self.algorithm.key_and_iv(secret)?;
        let iv = Some(iv.as_slice()).filter(|iv| !iv.is_empty());
        if self.is_obsolete() {
            let old = match legacy {
                Some(old) => old,
                None => legacy.insert(Legacy::load()?),
            };
            return old.decrypt(cipher.nid(), &key, iv, &self.ciphertext);
        }
        let mut crypter = Crypter::new(cipher, Mode::Decrypt, &key, iv)?;
        let room = self.ciphertext.len() + cipher.block_size();
        let mut plain = Zeroizing::new(vec![0; room]);
        let written = crypter.update(&self.ciphertext, &mut plain)?;
        let tail = match plain.get_mut(written..) {
            Some(rest) => crypter.finalize(rest)?,
            None => 0,
        };
        plain.truncate(written + tail);
        Ok(plain)
    }
}

/// What the file asks for, as refusals name it.
impl fmt::Display for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.algorithm.derivation.fmt(f)
    }
}
