//! PKCS#12 files (RFC 7292), as Windows, Key Vault, App Service, OpenSSL, Java and NSS write them.
//!
//! ```text
//! bytes ─▶ archive (structure, what is visible) ─▶ refused if too costly ─▶ opener (password, budget) ─▶ contents
//! ```
//!
//! The structure is read here and the cryptography is OpenSSL's. OpenSSL's own reader stops at the first key and
//! says nothing of the others, knows one encoding of a password, and sets no limit to what a file may cost.

mod algorithm;
mod archive;
mod bags;
pub(crate) mod ber;
pub(crate) mod budget;
mod derivation;
mod digest;
mod encryption;
mod legacy;
mod mac;
mod opener;
mod parameters;
mod read_error;
mod secrets;

use archive::{Archive, Outline, Safe};
use bags::{Bag, Item};
use ber::{BerError, SEQUENCE};

pub(crate) use encryption::Encrypted;
pub(crate) use opener::Opener;
pub(crate) use read_error::ReadError;

use openssl::x509::X509;

use crate::contents::Contents;
use crate::form::{Form, Found};
use crate::load_error::{LoadError, LoadErrorKind};
use crate::password::Password;
use crate::private_key;
use crate::warning::Warning;

/// Reads every key and certificate of a PKCS#12 file.
///
/// Checked: the integrity value, if the file has one; its absence is a warning. Not checked: dates, and whether
/// anything fits anything else. `at` names the file for the refusal.
///
/// # Errors
///
/// Not PKCS#12, truncated, another password, an algorithm that is not read, more work than the limits allow.
pub(super) fn read(at: &str, bytes: &[u8], password: &Password) -> Result<Contents, LoadError> {
    read_with(at, bytes, &mut Opener::new(password))
}

/// Whether bytes have the outermost structure of a PKCS#12 file that a password protects.
pub fn is_pkcs12(bytes: &[u8]) -> bool {
    Outline::read(bytes).is_ok()
}

fn read_with(at: &str, bytes: &[u8], opener: &mut Opener) -> Result<Contents, LoadError> {
    let outline = Outline::read(bytes).map_err(|error| refuse_form(at, bytes, error))?;
    let mut archive = Archive::read(&outline).map_err(|error| error.refuse(at))?;
    let opened = open(&mut archive, opener);
    opened.map_err(|error| refuse(at, &error, archive.mac.is_some()))
}

fn open(archive: &mut Archive<'_>, opener: &mut Opener) -> Result<Contents, Failure> {
    archive.refuse_costly()?;
    let mut contents = Contents::default();
    match &archive.mac {
        None => contents.warn(Warning::NoIntegrityCheck),
        Some(mac) if opener.proves(mac, &archive.contents)? => {}
        Some(_) => return Err(Failure::Integrity),
    }
    for safe in &mut archive.safes {
        let bags = match safe {
            Safe::Plain(bags) => std::mem::take(bags),
            Safe::Encrypted(encrypted) => {
                opener.open(encrypted, |plain| archive.bags.read(plain))?
            }
        };
        for bag in bags {
            add(&mut contents, opener, bag)?;
        }
    }
    if opener.met_obsolete() {
        contents.set_obsolete();
    }
    Ok(contents)
}

/// Why an archive did not open.
enum Failure {
    /// The integrity check fits no encoding of the password.
    Integrity,
    Contents(ReadError),
}

impl<E: Into<ReadError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Contents(error.into())
    }
}

fn add(contents: &mut Contents, opener: &mut Opener, bag: Bag) -> Result<(), ReadError> {
    let key = match bag.item {
        Item::Certificate(der) => {
            let certificate = X509::from_der(&der).map_err(|_| ReadError::Certificate)?;
            contents.add_certificate(certificate, bag.label);
            return Ok(());
        }
        Item::Key(der) => private_key::from_pkcs8(&der)?,
        Item::ShroudedKey(encrypted) => {
            opener.open(&encrypted, |der| Ok(private_key::from_pkcs8(der)?))?
        }
    };
    contents
        .add_key(key, bag.label)
        .map_err(|_| ReadError::TooMany)
}

/// Names what went wrong, knowing whether the password has been proven by an integrity check.
fn refuse(at: &str, failure: &Failure, has_mac: bool) -> LoadError {
    match failure {
        Failure::Integrity => wrong_password(at),
        Failure::Contents(ReadError::Password) if has_mac => LoadError::new(
            at,
            LoadErrorKind::Damaged,
            "the password fits the file's integrity check and does not decrypt its contents; expected one \
             password for both, export it again with one",
        ),
        // Under a wrong password, one attempt in 256 decrypts to bytes that mean nothing.
        Failure::Contents(
            ReadError::Password
            | ReadError::Form
            | ReadError::Certificate
            | ReadError::Key(private_key::KeyError::Damaged),
        ) if !has_mac => wrong_password(at),
        Failure::Contents(error) => error.refuse(at),
    }
}

fn wrong_password(at: &str) -> LoadError {
    let text = "is PKCS#12, and the password does not fit, or the file is damaged (files from App Service and Key \
                Vault have no password); check the password";
    LoadError::new(at, LoadErrorKind::WrongPassword, text)
}

/// Says what bytes are that are not PKCS#12.
fn refuse_form(at: &str, bytes: &[u8], error: BerError) -> LoadError {
    if error == BerError::Truncated && bytes.first() == Some(&SEQUENCE) {
        let text = "begins as PKCS#12 and ends early; copy it again as binary, and whole";
        return LoadError::new(at, LoadErrorKind::Truncated, text);
    }
    LoadError::wrong_format(at, Form::Pkcs12, Found::of(bytes))
}

#[cfg(test)]
mod properties;
