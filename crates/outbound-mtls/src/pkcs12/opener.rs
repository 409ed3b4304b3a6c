//! Opens what is under a password, within one budget.

use super::budget::Budget;
use super::encryption::Encrypted;
use super::legacy::Legacy;
use super::mac::Mac;
use super::read_error::ReadError;
use super::secrets::Secrets;
use crate::password::Password;

/// Tries the encodings of a password on everything in one file, and counts what that costs.
pub(crate) struct Opener {
    secrets: Secrets,
    budget: Budget,
    legacy: Option<Legacy>,
    obsolete: bool,
}

impl Opener {
    pub(crate) fn new(password: &Password) -> Self {
        Self {
            secrets: Secrets::of(password),
            budget: Budget::new(),
            legacy: None,
            obsolete: false,
        }
    }

    /// Decrypts with the first encoding under which `read` makes sense of the bytes.
    ///
    /// # Errors
    ///
    /// More work than is left; else the error of `read` under the first encoding that decrypts, or that none does.
    pub(crate) fn open<T>(
        &mut self,
        encrypted: &Encrypted,
        mut read: impl FnMut(&[u8]) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        self.obsolete |= encrypted.is_obsolete();
        let mut refusal = None;
        for secret in encrypted.derivation().secrets(&self.secrets) {
            self.budget.spend(encrypted.cost(), encrypted)?;
            let Ok(plain) = encrypted.decrypt(secret, &mut self.legacy) else {
                continue;
            };
            match read(&plain) {
                Ok(read) => return Ok(read),
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        Err(refusal.unwrap_or(ReadError::Password))
    }

    /// Whether the contents are what somebody with this password wrote.
    pub(super) fn proves(&mut self, mac: &Mac, contents: &[u8]) -> Result<bool, ReadError> {
        for secret in mac.derivation.secrets(&self.secrets) {
            self.budget.spend(mac.cost(contents), mac)?;
            if mac.fits(secret, contents) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether anything was under a cipher that OpenSSL 3 keeps apart as obsolete.
    pub(super) fn met_obsolete(&self) -> bool {
        self.obsolete
    }

    /// Hash blocks spent so far.
    #[cfg(test)]
    pub(super) fn spent(&self) -> u64 {
        self.budget.spent()
    }
}
