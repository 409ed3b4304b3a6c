//! Password-based decryption, as an algorithm identifier asks for it.

use std::borrow::Cow;

use openssl::asn1::Asn1Object;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs5::{pbkdf2_hmac, scrypt};
use openssl::symm::{Cipher, Crypter, Mode};
use zeroize::Zeroizing;

use super::ber::{BerError, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, Value};
use super::derive::{Budget, Derivation, Purpose, TooCostly};
use super::legacy;
use super::password_form::PasswordForm;

/// The most memory that scrypt may take. RFC 7914's own example for files takes 16 MiB.
const MAX_SCRYPT_BYTES: u64 = 64 << 20;

/// The most lanes of scrypt; each costs a whole run. RFC 7914's examples have 1 and 16.
const MAX_SCRYPT_LANES: u64 = 16;

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
const SCRYPT: &str = "1.3.6.1.4.1.11591.4.11";
const HMAC_SHA1: &str = "1.2.840.113549.2.7";

/// Why something could not be decrypted.
#[derive(Debug)]
pub(crate) enum DecryptError {
    /// The algorithm, or its parameters, are not read here.
    Unsupported(String),
    /// The algorithm identifier is no BER.
    Form,
    /// More iterations than the budget has.
    TooCostly(TooCostly),
    /// The bytes do not decrypt: another password, or damage.
    Failed,
}

impl From<BerError> for DecryptError {
    fn from(_: BerError) -> Self {
        Self::Form
    }
}

impl From<TooCostly> for DecryptError {
    fn from(error: TooCostly) -> Self {
        Self::TooCostly(error)
    }
}

impl From<ErrorStack> for DecryptError {
    fn from(_: ErrorStack) -> Self {
        Self::Failed
    }
}

/// Decrypts with the password, as the algorithm identifier (RFC 7292 appendix C, RFC 8018) says.
///
/// A wrong password is not told from damage with certainty: only the padding shows it.
pub(crate) fn decrypt(
    algorithm: &Value<'_>,
    ciphertext: &[u8],
    password: &PasswordForm,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut fields = algorithm.values();
    let name = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let parameters = fields.expect(SEQUENCE)?;
    let secrets = if name == PBES2 {
        pbes2(&parameters, password, budget)?
    } else {
        let (digest, cipher, scheme) = pbes1_scheme(&name)?;
        let (salt, iterations) = salt_and_iterations(&parameters)?;
        let derivation = Derivation {
            digest,
            salt: &salt,
            iterations: budget.spend(iterations)?,
        };
        pbes1(&derivation, cipher, scheme, password)?
    };
    secrets.decrypt(ciphertext)
}

/// A cipher with its key and initialisation vector.
struct Secrets {
    cipher: Cipher,
    key: Zeroizing<Vec<u8>>,
    iv: Zeroizing<Vec<u8>>,
}

impl Secrets {
    fn decrypt(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
        let iv = Some(self.iv.as_slice()).filter(|iv| !iv.is_empty());
        let cipher = self.cipher.nid();
        if legacy::is_old(cipher) {
            return Ok(legacy::decrypt(cipher, &self.key, iv, ciphertext)?);
        }
        let mut crypter = Crypter::new(self.cipher, Mode::Decrypt, &self.key, iv)?;
        let mut plain = Zeroizing::new(vec![0; ciphertext.len() + self.cipher.block_size()]);
        let body = crypter.update(ciphertext, &mut plain)?;
        let rest = plain.get_mut(body..).ok_or(DecryptError::Failed)?;
        let tail = crypter.finalize(rest)?;
        plain.truncate(body + tail);
        Ok(plain)
    }
}

/// The schemes before PBES2: digest, cipher, and how the key comes about.
fn pbes1_scheme(name: &str) -> Result<(MessageDigest, Cipher, Pbes1), DecryptError> {
    let sha1 = MessageDigest::sha1;
    let md5 = MessageDigest::md5;
    Ok(match name {
        "1.2.840.113549.1.12.1.1" => (sha1(), Cipher::rc4(), Pbes1::Pkcs12 { key: 16 }),
        "1.2.840.113549.1.12.1.2" => (sha1(), Cipher::rc4(), Pbes1::Pkcs12 { key: 5 }),
        "1.2.840.113549.1.12.1.3" => (sha1(), Cipher::des_ede3_cbc(), Pbes1::Pkcs12 { key: 24 }),
        "1.2.840.113549.1.12.1.4" => (sha1(), Cipher::des_ede3_cbc(), Pbes1::Pkcs12 { key: 16 }),
        "1.2.840.113549.1.12.1.5" => (sha1(), Cipher::rc2_cbc(), Pbes1::Pkcs12 { key: 16 }),
        "1.2.840.113549.1.12.1.6" => (sha1(), Cipher::rc2_40_cbc(), Pbes1::Pkcs12 { key: 5 }),
        "1.2.840.113549.1.5.3" => (md5(), Cipher::des_cbc(), Pbes1::Pbkdf1),
        "1.2.840.113549.1.5.10" => (sha1(), Cipher::des_cbc(), Pbes1::Pbkdf1),
        other => {
            return Err(DecryptError::Unsupported(format!(
                "the encryption {}",
                legible(other)
            )));
        }
    })
}

/// How key and initialisation vector come about in schemes before PBES2.
#[derive(Clone, Copy)]
enum Pbes1 {
    /// RFC 7292, with this many bytes of key.
    Pkcs12 { key: usize },
    /// RFC 8018: eight bytes of key and eight of vector.
    Pbkdf1,
}

fn pbes1(
    derivation: &Derivation<'_>,
    cipher: Cipher,
    scheme: Pbes1,
    password: &PasswordForm,
) -> Result<Secrets, DecryptError> {
    let (mut key, iv) = match scheme {
        Pbes1::Pkcs12 { key } => (
            derivation.pkcs12(Purpose::Key, password, key)?,
            derivation.pkcs12(Purpose::Iv, password, cipher.iv_len().unwrap_or(0))?,
        ),
        Pbes1::Pbkdf1 => {
            let mut both = derivation.pbkdf1(password, 16)?;
            let half = both.len() / 2;
            let iv = Zeroizing::new(both.split_off(half));
            (both, iv)
        }
    };
    if cipher.nid() == Nid::DES_EDE3_CBC && key.len() == 16 {
        // Two-key triple DES is three-key with the first key again.
        let first = Zeroizing::new(key.get(..8).unwrap_or_default().to_vec());
        key.extend_from_slice(&first);
    }
    Ok(Secrets { cipher, key, iv })
}

fn salt_and_iterations<'a>(parameters: &Value<'a>) -> Result<(Cow<'a, [u8]>, u64), BerError> {
    let mut fields = parameters.values();
    let salt = fields.expect(OCTET_STRING)?.octets()?;
    Ok((salt, fields.expect(INTEGER)?.number()?))
}

fn pbes2(
    parameters: &Value<'_>,
    password: &PasswordForm,
    budget: &mut Budget,
) -> Result<Secrets, DecryptError> {
    let mut fields = parameters.values();
    let derivation = fields.expect(SEQUENCE)?;
    let mut encryption = fields.expect(SEQUENCE)?.values();
    let cipher = cipher(&encryption.expect(OBJECT_IDENTIFIER)?.dotted()?)?;
    let iv = match encryption.next_or_end()? {
        Some(value) if value.tag() == OCTET_STRING => value.octets()?.to_vec(),
        _ => Vec::new(),
    };
    if iv.len() != cipher.iv_len().unwrap_or(0) {
        return Err(DecryptError::Unsupported(
            "an initialisation vector of another length than the cipher's".to_owned(),
        ));
    }
    let key = pbes2_key(&derivation, cipher.key_len(), password, budget)?;
    Ok(Secrets {
        cipher,
        key,
        iv: Zeroizing::new(iv),
    })
}

fn pbes2_key(
    derivation: &Value<'_>,
    length: usize,
    password: &PasswordForm,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut fields = derivation.values();
    let name = fields.expect(OBJECT_IDENTIFIER)?.dotted()?;
    let parameters = fields.expect(SEQUENCE)?;
    match name.as_str() {
        PBKDF2 => pbkdf2(&parameters, length, password, budget),
        SCRYPT => scrypt_key(&parameters, length, password),
        other => Err(DecryptError::Unsupported(format!(
            "the key derivation {}",
            legible(other)
        ))),
    }
}

/// The key that PBKDF2 derives from its parameters (RFC 8018, appendix A.2).
pub(super) fn pbkdf2(
    parameters: &Value<'_>,
    length: usize,
    password: &PasswordForm,
    budget: &mut Budget,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut fields = parameters.values();
    let salt = fields.expect(OCTET_STRING)?.octets()?;
    let iterations = budget.spend(fields.expect(INTEGER)?.number()?)?;
    let mut prf = HMAC_SHA1.to_owned();
    while let Some(field) = fields.next_or_end()? {
        if field.tag() == SEQUENCE {
            prf = field.values().expect(OBJECT_IDENTIFIER)?.dotted()?;
        }
    }
    let digest = hmac_digest(&prf)?;
    let mut key = Zeroizing::new(vec![0; length]);
    let rounds = usize::try_from(iterations).map_err(|_| DecryptError::Failed)?;
    pbkdf2_hmac(password.octets(), &salt, rounds, digest, &mut key)?;
    Ok(key)
}

fn scrypt_key(
    parameters: &Value<'_>,
    length: usize,
    password: &PasswordForm,
) -> Result<Zeroizing<Vec<u8>>, DecryptError> {
    let mut fields = parameters.values();
    let salt = fields.expect(OCTET_STRING)?.octets()?;
    let cost = fields.expect(INTEGER)?.number()?;
    let block = fields.expect(INTEGER)?.number()?;
    let lanes = fields.expect(INTEGER)?.number()?;
    if lanes > MAX_SCRYPT_LANES {
        return Err(DecryptError::TooCostly(TooCostly {
            asked: lanes,
            limit: MAX_SCRYPT_LANES,
        }));
    }
    let mut key = Zeroizing::new(vec![0; length]);
    scrypt(
        password.octets(),
        &salt,
        cost,
        block,
        lanes,
        MAX_SCRYPT_BYTES,
        &mut key,
    )?;
    Ok(key)
}

/// The digest that an HMAC identifier names.
pub(super) fn hmac_digest(name: &str) -> Result<MessageDigest, DecryptError> {
    Ok(match name {
        HMAC_SHA1 => MessageDigest::sha1(),
        "1.2.840.113549.2.8" => MessageDigest::sha224(),
        "1.2.840.113549.2.9" => MessageDigest::sha256(),
        "1.2.840.113549.2.10" => MessageDigest::sha384(),
        "1.2.840.113549.2.11" => MessageDigest::sha512(),
        other => {
            return Err(DecryptError::Unsupported(format!(
                "the pseudo-random function {}",
                legible(other)
            )));
        }
    })
}

/// The block or stream cipher that an identifier names; authenticated modes are not read.
fn cipher(name: &str) -> Result<Cipher, DecryptError> {
    Asn1Object::from_str(name)
        .ok()
        .and_then(|object| Cipher::from_nid(object.nid()))
        .filter(|cipher| matches!(cipher.block_size(), 8 | 16))
        .ok_or_else(|| DecryptError::Unsupported(format!("the cipher {}", legible(name))))
}

/// An identifier with the name that OpenSSL has for it, if any.
pub(super) fn legible(name: &str) -> String {
    let known = Asn1Object::from_str(name)
        .ok()
        .and_then(|object| object.nid().long_name().ok().map(str::to_owned));
    match known {
        Some(known) if known != "undefined" => format!("{name} ({known})"),
        _ => name.to_owned(),
    }
}
