//! A key and its chain as PEM text (RFC 7468).

use std::fmt::Display;

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::contents::{Contents, Label};
use super::load_error::{LoadError, LoadErrorKind};
use super::password::Password;
use super::pem_block::{Block, blocks};
use super::pem_text;
use super::pkcs12::budget::refuse_sum;
use super::pkcs12::{Encrypted, Opener, ReadError};
use super::private_key;

/// Reads every private key and certificate of a PEM text.
///
/// PKCS#8, encrypted or not, and the older `RSA PRIVATE KEY` and `EC PRIVATE KEY`; in any of the forms of [`Oddity`](crate::pem_text::Oddity).
/// Other blocks, and text between blocks, are passed over. Without a password, encrypted keys are counted as locked.
/// `at` names the file or setting for the refusal.
///
/// # Errors
///
/// No PEM at all, a block that cannot be read or has no end, an encrypted key that the password does not open.
pub(super) fn read(
    at: &str,
    text: &str,
    password: Option<&Password>,
) -> Result<Contents, LoadError> {
    let (text, mut oddities) = pem_text::unwrap(text);
    let blocks = blocks(at, &text)?;
    let none = Password::none();
    let mut reader = Reader {
        at,
        password,
        opener: Opener::new(password.unwrap_or(&none)),
        contents: Contents::default(),
    };
    reader.refuse_costly(&blocks)?;
    for block in &blocks {
        if let Some(oddity) = block.oddity
            && !oddities.contains(&oddity)
        {
            oddities.push(oddity);
        }
        reader.add(block)?;
    }
    let mut contents = reader.contents;
    contents.set_oddities(oddities);
    Ok(contents)
}

struct Reader<'a> {
    at: &'a str,
    password: Option<&'a Password>,
    opener: Opener,
    contents: Contents,
}

impl Reader<'_> {
    /// Refuses keys that together cost too much, before anything is done for one of them.
    fn refuse_costly(&self, blocks: &[Block<'_>]) -> Result<(), LoadError> {
        let encrypted = blocks.iter().filter(|block| block.is_encrypted_pkcs8());
        let encrypted: Vec<Encrypted> = encrypted
            .map(Block::encrypted)
            .collect::<Result<_, _>>()
            .map_err(|error| self.refuse_key(&error))?;
        let costs = encrypted.iter().map(|key| {
            let asked: &dyn Display = key;
            (key.cost(), asked)
        });
        refuse_sum(costs).map_err(|error| self.refuse_key(&error.into()))
    }

    fn add(&mut self, block: &Block<'_>) -> Result<(), LoadError> {
        if block.is_certificate() {
            let certificate = self.certificate(block)?;
            self.contents.add_certificate(certificate, Label::default());
            return Ok(());
        }
        if !block.name.ends_with("PRIVATE KEY") {
            return Ok(());
        }
        let is_locked = block.is_encrypted_pkcs8() || block.is_encrypted_in_the_old_way();
        if is_locked && self.password.is_none() {
            self.contents.add_locked_key();
            return Ok(());
        }
        let key = self.key(block).map_err(|error| self.refuse_key(&error))?;
        let added = self.contents.add_key(key, Label::default());
        added.map_err(|_| ReadError::TooMany.refuse(self.at))
    }

    fn certificate(&self, block: &Block<'_>) -> Result<X509, LoadError> {
        let der = block.der();
        let certificate = der.and_then(|der| X509::from_der(&der).ok());
        certificate.ok_or_else(|| {
            let text = "a CERTIFICATE block in it is not a certificate; copy it again";
            LoadError::new(self.at, LoadErrorKind::Damaged, text)
        })
    }

    fn key(&mut self, block: &Block<'_>) -> Result<PKey<Private>, ReadError> {
        let damaged = || ReadError::Key(private_key::KeyError::Damaged);
        match block.name {
            "ENCRYPTED PRIVATE KEY" => {
                let encrypted = block.encrypted()?;
                self.opener
                    .open(&encrypted, |der| Ok(private_key::from_pkcs8(der)?))
            }
            "PRIVATE KEY" => {
                let der = block.der().ok_or_else(damaged)?;
                Ok(private_key::from_pkcs8(&der)?)
            }
            "RSA PRIVATE KEY" | "EC PRIVATE KEY" => self.older_key(block),
            _ => Err(ReadError::Key(private_key::KeyError::Kind)),
        }
    }

    /// The format that OpenSSL wrote before PKCS#8; its derivation is one round of MD5.
    fn older_key(&self, block: &Block<'_>) -> Result<PKey<Private>, ReadError> {
        let pem = block.canonical();
        if pem.len() > private_key::MAX_PEM_BYTES {
            return Err(ReadError::Key(private_key::KeyError::TooLarge));
        }
        let secret = self.password.map_or("", Password::text).as_bytes();
        // Without the callback OpenSSL would ask the terminal.
        let key = PKey::private_key_from_pem_callback(&pem, |buffer| {
            let taken = secret.len().min(buffer.len());
            for (to, from) in buffer.iter_mut().zip(secret) {
                *to = *from;
            }
            Ok(taken)
        });
        key.map_err(|_| match block.is_encrypted_in_the_old_way() {
            true => ReadError::Password,
            false => ReadError::Key(private_key::KeyError::Damaged),
        })
    }

    fn refuse_key(&self, error: &ReadError) -> LoadError {
        match error {
            ReadError::Password => {
                let text =
                    "its key is encrypted, and the password does not fit; check the password";
                LoadError::new(self.at, LoadErrorKind::WrongPassword, text)
            }
            ReadError::Form => ReadError::Key(private_key::KeyError::Damaged).refuse(self.at),
            error => error.refuse(self.at),
        }
    }
}
