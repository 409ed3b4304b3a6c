//! A key and its chain as PEM text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::contents::{Contents, Label};
use super::load_error::{LoadError, LoadErrorKind};
use super::password::Password;
use super::pkcs12::ber::{SEQUENCE, Values};
use super::pkcs12::derive::Budget;
use super::pkcs12::password_form::PasswordForm;
use super::pkcs12::{DecryptError, decrypt_private_key};

/// The most blocks of one text; an identity has about four.
const MAX_BLOCKS: usize = 1_000;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// Reads every private key and certificate of a PEM text.
///
/// PKCS#8, encrypted or not, and the older `RSA PRIVATE KEY` and `EC PRIVATE KEY`. Other blocks, and text between
/// blocks, are passed over. `at` names the file or setting for the refusal.
///
/// # Errors
///
/// No PEM at all, a block that cannot be read or has no end, an encrypted key that the password does not open.
pub(super) fn read(at: &str, text: &str, password: &Password) -> Result<Contents, LoadError> {
    let blocks = blocks(at, text)?;
    if blocks.is_empty() {
        let text =
            "expected PEM text with a key and its certificates, and there is no -----BEGIN line";
        return Err(LoadError::new(at, LoadErrorKind::WrongFormat, text));
    }
    let mut contents = Contents::default();
    let mut budget = Budget::new();
    for block in blocks {
        match block.name {
            "CERTIFICATE" | "X509 CERTIFICATE" => {
                contents.add_certificate(block.certificate(at)?, Label::default());
            }
            "ENCRYPTED PRIVATE KEY" => {
                let key = block.encrypted_key(at, password, &mut budget)?;
                contents.add_key(key, Label::default());
            }
            name if name.ends_with("PRIVATE KEY") => {
                contents.add_key(block.key(at, password)?, Label::default());
            }
            _ => {}
        }
    }
    Ok(contents)
}

/// One block, with its first and last line.
struct Block<'a> {
    name: &'a str,
    whole: &'a str,
    body: &'a str,
}

fn blocks<'a>(at: &str, text: &'a str) -> Result<Vec<Block<'a>>, LoadError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, from)) = rest.split_once(BEGIN) {
        let block = Block::first_of(from).ok_or_else(|| {
            let text = "a PEM block in it has no end line; copy it again, and whole";
            LoadError::new(at, LoadErrorKind::Truncated, text)
        })?;
        rest = from.get(block.whole.len()..).unwrap_or_default();
        blocks.push(block);
        if blocks.len() > MAX_BLOCKS {
            let text =
                format!("holds more than {MAX_BLOCKS} PEM blocks; name a file with one chain");
            return Err(LoadError::new(at, LoadErrorKind::TooCostly, text));
        }
    }
    Ok(blocks)
}

impl<'a> Block<'a> {
    /// The block at the start of `from`, which begins behind the word BEGIN.
    fn first_of(from: &'a str) -> Option<Self> {
        let (name, after) = from.split_once(DASHES)?;
        let end = format!("-----END {name}-----");
        let body = after.get(..after.find(&end)?)?;
        let length = name.len() + DASHES.len() + body.len() + end.len();
        Some(Self {
            name,
            whole: from.get(..length)?,
            body,
        })
    }

    fn certificate(&self, at: &str) -> Result<X509, LoadError> {
        self.der()
            .and_then(|der| X509::from_der(&der).ok())
            .ok_or_else(|| {
                let text = "a CERTIFICATE block in it is no certificate; copy it again";
                LoadError::new(at, LoadErrorKind::Damaged, text)
            })
    }

    fn key(&self, at: &str, password: &Password) -> Result<PKey<Private>, LoadError> {
        let pem = Zeroizing::new(format!("{BEGIN}{}\n", self.whole));
        // Without the callback OpenSSL would ask the terminal.
        PKey::private_key_from_pem_callback(pem.as_bytes(), |buffer| {
            let secret = password.text().as_bytes();
            let taken = secret.len().min(buffer.len());
            for (to, from) in buffer.iter_mut().zip(secret) {
                *to = *from;
            }
            Ok(taken)
        })
        .map_err(|_| {
            if self.body.contains("ENCRYPTED") {
                wrong_password(at)
            } else {
                unreadable_key(at)
            }
        })
    }

    fn encrypted_key(
        &self,
        at: &str,
        password: &Password,
        budget: &mut Budget,
    ) -> Result<PKey<Private>, LoadError> {
        let der = self.der().ok_or_else(|| unreadable_key(at))?;
        let value = Values::new(&der)
            .expect(SEQUENCE)
            .map_err(|_| unreadable_key(at))?;
        for form in PasswordForm::all(password) {
            match decrypt_private_key(&value, &form, budget) {
                Ok(plain) => {
                    if let Ok(key) = PKey::private_key_from_pkcs8(&plain) {
                        return Ok(key);
                    }
                }
                Err(DecryptError::Failed) => {}
                Err(error) => return Err(refuse(at, error)),
            }
        }
        Err(wrong_password(at))
    }

    fn der(&self) -> Option<Zeroizing<Vec<u8>>> {
        // Room for all of it at once: a buffer that grows would leave copies of the key behind.
        let mut packed = Zeroizing::new(String::with_capacity(self.body.len()));
        packed.extend(self.body.chars().filter(|c| !c.is_ascii_whitespace()));
        STANDARD.decode(packed.as_bytes()).ok().map(Zeroizing::new)
    }
}

fn refuse(at: &str, error: DecryptError) -> LoadError {
    match error {
        DecryptError::TooCostly(costly) => LoadError::new(
            at,
            LoadErrorKind::TooCostly,
            format!(
                "its key asks for {} iterations, and {} are the limit; encrypt it again with fewer",
                costly.asked, costly.limit
            ),
        ),
        DecryptError::Unsupported(what) => LoadError::new(
            at,
            LoadErrorKind::Unsupported,
            format!("its key uses {what}, which is not read here; encrypt it again with AES-256"),
        ),
        DecryptError::Form | DecryptError::Failed => unreadable_key(at),
    }
}

fn wrong_password(at: &str) -> LoadError {
    let text =
        "its key is encrypted, and the password does not fit; check OUTBOUND_CLIENT_CERT_PASSWORD";
    LoadError::new(at, LoadErrorKind::WrongPassword, text)
}

fn unreadable_key(at: &str) -> LoadError {
    let text =
        "its private key cannot be read; expected PKCS#8, RSA PRIVATE KEY or EC PRIVATE KEY, whole";
    LoadError::new(at, LoadErrorKind::Damaged, text)
}
