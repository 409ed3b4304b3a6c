//! Algorithms of password-based encryption, as an algorithm identifier names them (RFC 7292 appendix C, RFC 8018).

use openssl::asn1::Asn1Object;
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::symm::Cipher;
use zeroize::Zeroizing;

use super::ber::{INTEGER, OBJECT_IDENTIFIER, SEQUENCE, Value};
use super::derivation::{Derivation, Function, Purpose};
use super::digest::Digest;
use super::parameters::{key_derivation, unsupported};
use super::read_error::ReadError;
use super::secrets::Secret;
use crate::secret_bytes::joined;

const PBES2: &str = "1.2.840.113549.1.5.13";

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

/// A key derivation and the cipher that uses its key.
pub(super) struct Algorithm {
    pub(super) derivation: Derivation,
    pub(super) cipher: Cipher,
    scheme: Scheme,
}

/// Where the key and the initialization vector come from.
enum Scheme {
    /// RFC 7292: both derived, the key of this many bytes.
    Pkcs12 { key: usize },
    /// RFC 8018, PBES1: eight bytes of key and eight of vector.
    Pbes1,
    /// RFC 8018, PBES2: the key derived, the vector given.
    Pbes2 { iv: Vec<u8> },
}

impl Algorithm {
    /// Reads an `AlgorithmIdentifier`.
    pub(super) fn read(value: &Value<'_>) -> Result<Self, ReadError> {
        let mut fields = value.values();
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
        })
    }

    /// Hash blocks that it costs to derive the key and the initialization vector once.
    pub(super) fn cost(&self) -> u64 {
        match self.scheme {
            Scheme::Pkcs12 { key } => {
                let key = self.derivation.cost(key);
                key.saturating_add(self.derivation.cost(self.cipher.iv_len().unwrap_or(0)))
            }
            Scheme::Pbes1 => self.derivation.cost(16),
            Scheme::Pbes2 { .. } => self.derivation.cost(self.cipher.key_len()),
        }
    }

    /// The key and the initialization vector for one encoding of the password.
    pub(super) fn key_and_iv(&self, secret: &[u8]) -> Result<(Secret, Secret), ErrorStack> {
        let derive = |purpose, length| self.derivation.derive(purpose, secret, length);
        match &self.scheme {
            Scheme::Pkcs12 { key } => {
                let key = derive(Purpose::Key, *key)?;
                let iv = derive(Purpose::Iv, self.cipher.iv_len().unwrap_or(0))?;
                if self.cipher.nid() == Nid::DES_EDE3_CBC && key.len() == 16 {
                    // Two-key triple DES is three-key with the first key again.
                    let first = key.get(..8).unwrap_or_default();
                    return Ok((joined(&[&key, first]), iv));
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

/// The schemes before PBES2.
fn older(name: &str, parameters: &Value<'_>) -> Result<(Derivation, Cipher, Scheme), ReadError> {
    let mut fields = parameters.values();
    let salt = fields.expect_octets()?.to_vec();
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
    let derivation = key_derivation(&fields.expect(SEQUENCE)?)?;
    let mut encryption = fields.expect(SEQUENCE)?.values();
    let name = encryption.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let cipher = cipher(&name).ok_or_else(|| unsupported("the cipher", &name))?;
    let iv = match encryption.next_or_end()? {
        Some(value) if value.is_octets() => value.octets()?.to_vec(),
        _ => Vec::new(),
    };
    if iv.len() != cipher.iv_len().unwrap_or(0) {
        let what = "an initialization vector of another length than the cipher's";
        return Err(ReadError::Unsupported(what.to_owned()));
    }
    Ok((derivation, cipher, Scheme::Pbes2 { iv }))
}

fn cipher(name: &str) -> Option<Cipher> {
    let nid = Asn1Object::from_str(name).ok()?.nid();
    CIPHERS
        .contains(&nid)
        .then(|| Cipher::from_nid(nid))
        .flatten()
}
