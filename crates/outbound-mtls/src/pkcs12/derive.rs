//! Keys from passwords, and what that may cost.

use openssl::error::ErrorStack;
use openssl::hash::{Hasher, MessageDigest};
use zeroize::Zeroizing;

use super::password_form::PasswordForm;

/// The most iterations that one file may ask for, all derivations together.
///
/// OWASP asks for 1.3 million at most for one derivation (PBKDF2 with SHA-1), and a file has about three: keys,
/// certificates, integrity. That many take some seconds of one core; .NET stops at one million by default.
const MAX_ITERATIONS: u64 = 5_000_000;

/// What a file may still cost.
pub(crate) struct Budget {
    left: u64,
}

/// The file asks for more iterations than [`MAX_ITERATIONS`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TooCostly {
    /// What the file asked for in one place.
    pub(crate) asked: u64,
    /// The limit for the whole file.
    pub(crate) limit: u64,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self {
            left: MAX_ITERATIONS,
        }
    }

    /// Takes this many iterations off, before they are made.
    pub(super) fn spend(&mut self, iterations: u64) -> Result<u32, TooCostly> {
        let refusal = TooCostly {
            asked: iterations,
            limit: MAX_ITERATIONS,
        };
        self.left = self.left.checked_sub(iterations).ok_or(refusal)?;
        u32::try_from(iterations).map_err(|_| refusal)
    }
}

/// What derived bytes are for; the diversifier of RFC 7292, appendix B.3.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key,
    Iv,
    Mac,
}

/// The salt, iteration count and digest of one derivation.
pub(super) struct Derivation<'a> {
    pub(super) digest: MessageDigest,
    pub(super) salt: &'a [u8],
    pub(super) iterations: u32,
}

impl Derivation<'_> {
    /// The derivation of RFC 7292, appendix B.2, over the password's BMP form.
    pub(super) fn pkcs12(
        &self,
        purpose: Purpose,
        password: &PasswordForm,
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let block = self.digest.block_size();
        let diversifier = match purpose {
            Purpose::Key => 1,
            Purpose::Iv => 2,
            Purpose::Mac => 3,
        };
        let mut input = Zeroizing::new(fill(self.salt, block));
        input.extend_from_slice(&Zeroizing::new(fill(password.bmp(), block)));
        let mut derived = Zeroizing::new(Vec::with_capacity(length + self.digest.size()));
        while derived.len() < length {
            let chunk = self.chunk(&vec![diversifier; block], &input)?;
            let addend = Zeroizing::new(fill_to(&chunk, block));
            input.chunks_mut(block).for_each(|part| add(part, &addend));
            derived.extend_from_slice(&chunk);
        }
        derived.truncate(length);
        Ok(derived)
    }

    /// The older derivation of RFC 8018, section 5.1, over the password's octets.
    pub(super) fn pbkdf1(
        &self,
        password: &PasswordForm,
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let mut derived = self.chunk(password.octets(), self.salt)?;
        derived.truncate(length);
        Ok(derived)
    }

    /// Hashes the two parts, then the result again and again.
    fn chunk(&self, first: &[u8], second: &[u8]) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let mut hasher = Hasher::new(self.digest)?;
        hasher.update(first)?;
        hasher.update(second)?;
        let mut digest = hasher.finish()?;
        for _ in 1..self.iterations {
            hasher.update(&digest)?;
            digest = hasher.finish()?;
        }
        Ok(Zeroizing::new(digest.to_vec()))
    }
}

/// Repeats bytes up to the next whole number of blocks; nothing stays nothing.
fn fill(bytes: &[u8], block: usize) -> Vec<u8> {
    fill_to(bytes, bytes.len().div_ceil(block) * block)
}

fn fill_to(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes.iter().copied().cycle().take(length).collect()
}

/// `part = part + addend + 1`, as big-endian numbers, the carry out dropped.
fn add(part: &mut [u8], addend: &[u8]) {
    let mut carry = 1_u16;
    for (byte, other) in part.iter_mut().zip(addend).rev() {
        let [high, low] = (u16::from(*byte) + u16::from(*other) + carry).to_be_bytes();
        *byte = low;
        carry = u16::from(high);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Password;

    #[test]
    fn a_budget_is_spent_once() {
        let mut budget = Budget::new();
        assert_eq!(budget.spend(MAX_ITERATIONS - 1), Ok(4_999_999));
        assert_eq!(budget.spend(1), Ok(1));
        assert_eq!(
            budget.spend(1).map_err(|error| error.asked),
            Err(1),
            "nothing is left"
        );
        assert!(Budget::new().spend(u64::MAX).is_err());
    }

    /// `openssl kdf -keylen .. -kdfopt digest:.. -kdfopt hexpass:.. -kdfopt hexsalt:0102030405060708
    /// -kdfopt iter:.. -kdfopt id:.. PKCS12KDF`, for the password "ab\u{E4}" and for none at all.
    #[test]
    fn derived_bytes_are_the_ones_that_openssl_derives() {
        let [word, empty] = ["ab\u{E4}", ""].map(|text| {
            let mut forms = PasswordForm::all(&Password::new(text.to_owned()));
            forms.swap_remove(if text.is_empty() { 1 } else { 0 })
        });
        let (sha1, sha256) = (MessageDigest::sha1(), MessageDigest::sha256());
        let sha512 = MessageDigest::sha512();
        let cases = [
            (
                sha1,
                1,
                Purpose::Key,
                &word,
                "10842be2191d91a8d4cfb76b2b91ffd2929d6075028c7e99",
            ),
            (sha512, 3, Purpose::Iv, &word, "3530c5159846d381"),
            (
                sha256,
                2048,
                Purpose::Mac,
                &word,
                "13fc0a07572bb61588e13bd49f92e681b40cb88008f6deb8768abe3cac8600b6",
            ),
            (
                sha256,
                2048,
                Purpose::Mac,
                &empty,
                "4a3d64fdf1e86c5bc5c37f2eb377b6ecd82e4aa4726e2e186521e06f42e24194",
            ),
        ];
        for (digest, iterations, purpose, password, expected) in cases {
            let salt = &[1, 2, 3, 4, 5, 6, 7, 8];
            let derivation = Derivation {
                digest,
                salt,
                iterations,
            };
            let derived = derivation
                .pkcs12(purpose, password, expected.len() / 2)
                .unwrap();
            let hex: String = derived.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, expected);
        }
    }

    #[test]
    fn blocks_are_added_with_carry() {
        let mut part = [0x00, 0xFF, 0xFF];
        add(&mut part, &[0x00, 0x00, 0x00]);
        assert_eq!(part, [0x01, 0x00, 0x00]);
        let mut part = [0xFF, 0xFF];
        add(&mut part, &[0xFF, 0xFF]);
        assert_eq!(part, [0xFF, 0xFF]);
    }
}
