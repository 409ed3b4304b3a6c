//! Keys from passwords: what a file asks for, what that costs, and the work itself.

use std::fmt;

use openssl::error::ErrorStack;
use openssl::md::Md;
use openssl::md_ctx::MdCtx;
use openssl::pkcs5;
use zeroize::Zeroizing;

use super::budget::pass_over;
use super::digest::Digest;
use super::secrets::{Secret, Secrets};
use crate::secret_bytes::{SecretBytes, joined};

/// The most memory that scrypt may take; its own paper's example for files takes 16 MiB.
pub(super) const MAX_SCRYPT_BYTES: u64 = 64 << 20;

/// What OpenSSL may take for that, its own working memory included.
const OPENSSL_SCRYPT_BYTES: u64 = 2 * MAX_SCRYPT_BYTES;

/// One way to make a key of a password, with the parameters of a file.
#[derive(Debug)]
pub(super) struct Derivation {
    pub(super) function: Function,
    pub(super) salt: Vec<u8>,
}

/// The derivations of RFC 7292, RFC 8018 and RFC 7914.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Function {
    /// RFC 7292, appendix B.2.
    Pkcs12 { digest: Digest, iterations: u64 },
    /// RFC 8018, section 5.1.
    Pbkdf1 { digest: Digest, iterations: u64 },
    /// RFC 8018, section 5.2.
    Pbkdf2 { digest: Digest, iterations: u64 },
    /// RFC 7914: N, r and p.
    Scrypt { cost: u64, block: u64, lanes: u64 },
}

/// What derived bytes are for; the diversifier of RFC 7292, appendix B.3.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    Key,
    Iv,
    Mac,
}

impl Derivation {
    /// The encodings of the password that this derivation is used with.
    pub(super) fn secrets<'s>(&self, secrets: &'s Secrets) -> &'s [Secret] {
        match self.function {
            Function::Pkcs12 { .. } => secrets.wide(),
            Function::Pbkdf1 { .. } | Function::Pbkdf2 { .. } | Function::Scrypt { .. } => {
                secrets.octets()
            }
        }
    }

    /// Hash blocks that it takes to derive this many bytes; saturating.
    pub(super) fn cost(&self, length: usize) -> u64 {
        let salt = pass_over(self.salt.len());
        let chunks = |digest: Digest| -> u64 {
            let size = digest.openssl().size().max(1);
            u64::try_from(length.div_ceil(size)).unwrap_or(u64::MAX)
        };
        match self.function {
            Function::Pkcs12 { digest, iterations } => digest
                .call_cost()
                .saturating_mul(iterations)
                // The salt is hashed for every chunk, and added to between them.
                .saturating_add(2 * salt)
                .saturating_mul(chunks(digest)),
            Function::Pbkdf1 { digest, iterations } => digest
                .call_cost()
                .saturating_mul(iterations)
                .saturating_add(salt),
            Function::Pbkdf2 { digest, iterations } => digest
                .hmac_cost()
                .saturating_mul(iterations)
                .saturating_add(salt)
                .saturating_mul(chunks(digest)),
            Function::Scrypt { cost, block, lanes } => cost
                .saturating_mul(block)
                .saturating_mul(lanes)
                .saturating_mul(5)
                .saturating_add(salt),
        }
    }

    /// Derives a key of this length. For RFC 7292 the purpose counts; the others know none.
    ///
    /// The cost has been spent.
    pub(super) fn derive(
        &self,
        purpose: Purpose,
        secret: &[u8],
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let mut key = Zeroizing::new(vec![0; length]);
        match self.function {
            Function::Pkcs12 { digest, iterations } => {
                return self.pkcs12(digest, iterations, purpose, secret, length);
            }
            Function::Pbkdf1 { digest, iterations } => {
                key = repeated(digest, iterations, secret, &self.salt)?;
                key.truncate(length);
            }
            Function::Pbkdf2 { digest, iterations } => {
                // The budget is far below what a `usize` holds on any system.
                let rounds = usize::try_from(iterations).unwrap_or(usize::MAX);
                pkcs5::pbkdf2_hmac(secret, &self.salt, rounds, digest.openssl(), &mut key)?;
            }
            Function::Scrypt { cost, block, lanes } => {
                let memory = OPENSSL_SCRYPT_BYTES;
                pkcs5::scrypt(secret, &self.salt, cost, block, lanes, memory, &mut key)?;
            }
        }
        Ok(key)
    }

    fn pkcs12(
        &self,
        digest: Digest,
        iterations: u64,
        purpose: Purpose,
        secret: &[u8],
        length: usize,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let block = digest.openssl().block_size();
        let diversifier = match purpose {
            Purpose::Key => 1,
            Purpose::Iv => 2,
            Purpose::Mac => 3,
        };
        let mut input = joined(&[&fill(&self.salt, block), &fill(secret, block)]);
        let mut derived = SecretBytes::with_room(length + digest.openssl().size());
        while derived.len() < length {
            let chunk = repeated(digest, iterations, &vec![diversifier; block], &input)?;
            let addend = fill_to(&chunk, block);
            input.chunks_mut(block).for_each(|part| add(part, &addend));
            derived.push(&chunk);
        }
        let mut derived = derived.into_inner();
        derived.truncate(length);
        Ok(derived)
    }
}

/// Hashes the two parts, then the result again and again.
fn repeated(
    digest: Digest,
    iterations: u64,
    first: &[u8],
    second: &[u8],
) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
    let digest = digest.openssl();
    let algorithm = Md::from_nid(digest.type_()).ok_or_else(ErrorStack::get)?;
    let mut context = MdCtx::new()?;
    let mut hash = Zeroizing::new(vec![0; digest.size()]);
    context.digest_init(algorithm)?;
    context.digest_update(first)?;
    context.digest_update(second)?;
    context.digest_final(&mut hash)?;
    for _ in 1..iterations {
        context.digest_init(algorithm)?;
        context.digest_update(&hash)?;
        context.digest_final(&mut hash)?;
    }
    Ok(hash)
}

/// Repeats bytes up to the next whole number of blocks; nothing stays nothing.
fn fill(bytes: &[u8], block: usize) -> Zeroizing<Vec<u8>> {
    fill_to(bytes, bytes.len().div_ceil(block) * block)
}

fn fill_to(bytes: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
    let mut filled = Zeroizing::new(vec![0; length]);
    let repeated = bytes.iter().cycle();
    filled
        .iter_mut()
        .zip(repeated)
        .for_each(|(to, from)| *to = *from);
    filled
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

/// What the file asks for, as refusals name it.
impl fmt::Display for Derivation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.function {
            Function::Pkcs12 { digest, iterations }
            | Function::Pbkdf1 { digest, iterations }
            | Function::Pbkdf2 { digest, iterations } => {
                write!(f, "{iterations} iterations of {}", digest.name())
            }
            Function::Scrypt { cost, block, lanes } => {
                write!(f, "scrypt with N={cost}, r={block}, p={lanes}")
            }
        }
    }
}

#[cfg(test)]
mod tests;
