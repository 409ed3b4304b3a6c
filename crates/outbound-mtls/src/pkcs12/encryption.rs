//! Password-based encryption, as an algorithm identifier asks for it (RFC 7292 appendix C, RFC 8018).

use std::fmt;

use openssl::asn1::Asn1Object;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::symm::{Cipher, Crypter, Mode};
use zeroize::Zeroizing;

use super::ber::{BerError, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, Value};
use super::budget::pass_over;
use super::derivation::{Derivation, Function, MAX_SCRYPT_BYTES, Purpose};
use super::digest::Digest;
use super::legacy::{self, Legacy};
use super::read_error::ReadError;
use super::secrets::Secret;

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
const SCRYPT: &str = "1.3.6.1.4.1.11591.4.11";

/// The ciphers that PBES2 is read with. Authenticated modes and key wrapping are not.
const CIPHERS: [Nid; 8] = [
    Nid::AES_128_CBC,
    Nid::AES_192_CBC,
    Nid::AES_256_CBC,
    Nid::CAMELLIA_128_CBC,
    Nid::CAMELLIA_192_CBC,
    Nid::CAMELLIA_256_CBC,
    Nid::DES_EDE3_CBC,
    Nid::DES_CBC,
];

/// Bytes under a password.
pub(crate) struct Encrypted {
    pub(super) derivation: Derivation,
    cipher: Cipher,
    scheme: Scheme,
    ciphertext: Vec<u8>,
}

/// How key and initialization vector come about.
enum Scheme {
    /// RFC 7292: both derived, the key of this many bytes.
    Pkcs12 { key: usize },
    /// RFC 8018, PBES1: eight bytes of key and eight of vector.
    Pbes1,
    /// RFC 8018, PBES2: the key derived, the vector given.
    Pbes2 { iv: Vec<u8> },
}

impl Encrypted {
    /// Reads an `EncryptedPrivateKeyInfo` (RFC 5958).
    pub(crate) fn private_key(value: &Value<'_>) -> Result<Self, ReadError> {
        let mut fields = value.values();
        let algorithm = fields.expect(SEQUENCE)?;
        let ciphertext = fields.expect_octets()?;
        Self::new(&algorithm, ciphertext.into_owned())
    }

    /// Ciphertext under an algorithm identifier.
    pub(super) fn new(algorithm: &Value<'_>, ciphertext: Vec<u8>) -> Result<Self, ReadError> {
        let mut fields = algorithm.values();
        let name = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
        let parameters = fields.expect(SEQUENCE)?;
        let (derivation, cipher, scheme) = if name == PBES2 {
            pbes2(&parameters)?
        } else {
            older(&name, &parameters)?
        };
        Ok(Self {
            derivation,
            cipher,
            scheme,
            ciphertext,
        })
    }

    /// Whether the cipher is one that OpenSSL 3 keeps apart as obsolete.
    pub(super) fn is_obsolete(&self) -> bool {
        legacy::is_old(self.cipher.nid())
    }

    /// Hash blocks that one attempt to decrypt costs.
    pub(crate) fn cost(&self) -> u64 {
        let derived = match self.scheme {
            Scheme::Pkcs12 { key } => {
                let key = self.derivation.cost(key);
                key.saturating_add(self.derivation.cost(self.cipher.iv_len().unwrap_or(0)))
            }
            Scheme::Pbes1 => self.derivation.cost(16),
            Scheme::Pbes2 { .. } => self.derivation.cost(self.cipher.key_len()),
        };
        derived.saturating_add(pass_over(self.ciphertext.len()))
    }

    /// Decrypts with one encoding of the password; the cost has been spent.
    ///
    /// A wrong password is not told from damage with certainty: only the padding shows it. Under a wrong one, one
    /// attempt in 256 yields bytes that mean nothing.
    pub(super) fn decrypt(
        &self,
        secret: &[u8],
        legacy: &mut Option<Legacy>,
    ) -> Result<Zeroizing<Vec<u8>>, ErrorStack> {
        let (key, iv) = self.key_and_iv(secret)?;
        let iv = Some(iv.as_slice()).filter(|iv| !iv.is_empty());
        if self.is_obsolete() {
            let old = match legacy {
                Some(old) => old,
                None => legacy.insert(Legacy::load()?),
            };
            return old.decrypt(self.cipher.nid(), &key, iv, &self.ciphertext);
        }
        let mut crypter = Crypter::new(self.cipher, Mode::Decrypt, &key, iv)?;
        let room = self.ciphertext.len() + self.cipher.block_size();
        let mut plain = Zeroizing::new(vec![0; room]);
        let written = crypter.update(&self.ciphertext, &mut plain)?;
        let tail = match plain.get_mut(written..) {
            Some(rest) => crypter.finalize(rest)?,
            None => 0,
        };
        plain.truncate(written + tail);
        Ok(plain)
    }

    fn key_and_iv(&self, secret: &[u8]) -> Result<(Secret, Secret), ErrorStack> {
        let derive = |purpose, length| self.derivation.derive(purpose, secret, length);
        match &self.scheme {
            Scheme::Pkcs12 { key } => {
                let mut key = derive(Purpose::Key, *key)?;
                let iv = derive(Purpose::Iv, self.cipher.iv_len().unwrap_or(0))?;
                if self.cipher.nid() == Nid::DES_EDE3_CBC && key.len() == 16 {
                    // Two-key triple DES is three-key with the first key again.
                    let first = Zeroizing::new(key.get(..8).unwrap_or_default().to_vec());
                    key.extend_from_slice(&first);
                }
                Ok((key, iv))
            }
            Scheme::Pbes1 => {
                let mut both = derive(Purpose::Key, 16)?;
                let half = both.len() / 2;
                let iv = Zeroizing::new(both.split_off(half));
                Ok((both, iv))
            }
            Scheme::Pbes2 { iv } => {
                let key = derive(Purpose::Key, self.cipher.key_len())?;
                Ok((key, Zeroizing::new(iv.clone())))
            }
        }
    }
}

/// What the file asks for, as refusals name it.
impl fmt::Display for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.derivation.fmt(f)
    }
}

/// The schemes before PBES2.
fn older(name: &str, parameters: &Value<'_>) -> Result<(Derivation, Cipher, Scheme), ReadError> {
    let mut fields = parameters.values();
    let salt = fields.expect_octets()?.into_owned();
    let iterations = fields.expect(INTEGER)?.number()?.max(1);
    let pkcs12 = |cipher, key| {
        let digest = Digest::Sha1;
        let function = Function::Pkcs12 { digest, iterations };
        (function, cipher, Scheme::Pkcs12 { key })
    };
    let pbes1 = |digest| {
        let function = Function::Pbkdf1 { digest, iterations };
        (function, Cipher::des_cbc(), Scheme::Pbes1)
    };
    let (function, cipher, scheme) = match name {
        "1.2.840.113549.1.12.1.1" => pkcs12(Cipher::rc4(), 16),
        "1.2.840.113549.1.12.1.2" => pkcs12(Cipher::rc4(), 5),
        "1.2.840.113549.1.12.1.3" => pkcs12(Cipher::des_ede3_cbc(), 24),
        "1.2.840.113549.1.12.1.4" => pkcs12(Cipher::des_ede3_cbc(), 16),
        "1.2.840.113549.1.12.1.5" => pkcs12(Cipher::rc2_cbc(), 16),
        "1.2.840.113549.1.12.1.6" => pkcs12(Cipher::rc2_40_cbc(), 5),
        "1.2.840.113549.1.5.3" => pbes1(Digest::Md5),
        "1.2.840.113549.1.5.10" => pbes1(Digest::Sha1),
        other => return Err(unsupported("the encryption", other)),
    };
    Ok((Derivation { function, salt }, cipher, scheme))
}

fn pbes2(parameters: &Value<'_>) -> Result<(Derivation, Cipher, Scheme), ReadError> {
    let mut fields = parameters.values();
    let derivation = pbes2_derivation(&fields.expect(SEQUENCE)?)?;
    let mut encryption = fields.expect(SEQUENCE)?.values();
    let name = encryption.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let cipher = cipher(&name).ok_or_else(|| unsupported("the cipher", &name))?;
    let iv = match encryption.next_or_end()? {
        Some(value) if value.is_octets() => value.octets()?.into_owned(),
        _ => Vec::new(),
    };
    if iv.len() != cipher.iv_len().unwrap_or(0) {
        let what = "an initialization vector of another length than the cipher's";
        return Err(ReadError::Unsupported(what.to_owned()));
    }
    Ok((derivation, cipher, Scheme::Pbes2 { iv }))
}

fn pbes2_derivation(value: &Value<'_>) -> Result<Derivation, ReadError> {
    let mut fields = value.values();
    let name = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let parameters = fields.expect(SEQUENCE)?;
    match name.as_str() {
        PBKDF2 => Ok(pbkdf2(&parameters)?.0),
        SCRYPT => scrypt(&parameters),
        other => Err(unsupported("the key derivation", other)),
    }
}

/// PBKDF2 with its parameters (RFC 8018, appendix A.2), and the length of the key if it is given.
pub(super) fn pbkdf2(parameters: &Value<'_>) -> Result<(Derivation, Option<u64>), ReadError> {
    let mut fields = parameters.values();
    let salt = fields.expect_octets()?.into_owned();
    let iterations = fields.expect(INTEGER)?.number()?;
    if iterations == 0 {
        return Err(BerError::Unexpected.into());
    }
    let (mut digest, mut length) = (Digest::Sha1, None);
    while let Some(field) = fields.next_or_end()? {
        match field.tag() {
            INTEGER => length = Some(field.number()?),
            SEQUENCE => {
                let name = field.values().expect(OBJECT_IDENTIFIER)?.dotted()?;
                digest = Digest::of_hmac(&name)
                    .ok_or_else(|| unsupported("the pseudo-random function", &name))?;
            }
            _ => return Err(BerError::Unexpected.into()),
        }
    }
    let function = Function::Pbkdf2 { digest, iterations };
    Ok((Derivation { function, salt }, length))
}

/// scrypt with its parameters (RFC 7914, section 7.1).
fn scrypt(parameters: &Value<'_>) -> Result<Derivation, ReadError> {
    let mut fields = parameters.values();
    let salt = fields.expect_octets()?.into_owned();
    let cost = fields.expect(INTEGER)?.number()?;
    let block = fields.expect(INTEGER)?.number()?;
    let lanes = fields.expect(INTEGER)?.number()?;
    let function = Function::Scrypt { cost, block, lanes };
    let derivation = Derivation { function, salt };
    let table = block.saturating_mul(128).saturating_mul(cost);
    let buffer = block.saturating_mul(128).saturating_mul(lanes);
    if table.max(buffer) > MAX_SCRYPT_BYTES {
        return Err(ReadError::TooMuchMemory {
            asked: derivation.to_string(),
            bytes: table.max(buffer),
        });
    }
    // RFC 7914, section 2.
    let bits = block.saturating_mul(16);
    let allowed = cost > 1 && cost.is_power_of_two() && u64::from(cost.ilog2()) < bits && lanes > 0;
    if allowed {
        Ok(derivation)
    } else {
        let what = format!("{derivation}, which is no scrypt");
        Err(ReadError::Unsupported(what))
    }
}

fn cipher(name: &str) -> Option<Cipher> {
    let nid = Asn1Object::from_str(name).ok()?.nid();
    CIPHERS
        .contains(&nid)
        .then(|| Cipher::from_nid(nid))
        .flatten()
}

/// Something named by an identifier that is not read here, with the name that OpenSSL has for it.
pub(super) fn unsupported(what: &str, name: &str) -> ReadError {
    let known = Asn1Object::from_str(name)
        .ok()
        .and_then(|object| object.nid().long_name().ok().map(str::to_owned))
        .filter(|known| known != "undefined");
    ReadError::Unsupported(match known {
        Some(known) => format!("{what} {name} ({known})"),
        None => format!("{what} {name}"),
    })
}
