//! A key and its chain as PEM text (RFC 7468).

use std::fmt::Display;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use zeroize::Zeroizing;

use super::contents::{Contents, Label};
use super::load_error::{LoadError, LoadErrorKind};
use super::password::Password;
use super::pem_text::{self, Oddity};
use super::pkcs12::ber::{SEQUENCE, Values};
use super::pkcs12::budget::refuse_sum;
use super::pkcs12::{Encrypted, Opener, ReadError};
use super::private_key;

/// The most blocks of one text; an identity has about four.
const MAX_BLOCKS: usize = 1_000;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// Reads every private key and certificate of a PEM text.
///
/// PKCS#8, encrypted or not, and the older `RSA PRIVATE KEY` and `EC PRIVATE KEY`; in any of the forms of [`Oddity`].
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

/// One block.
struct Block<'a> {
    name: &'a str,
    /// Without what indents them.
    lines: Vec<&'a str>,
    oddity: Option<Oddity>,
}

fn blocks<'a>(at: &str, text: &'a str) -> Result<Vec<Block<'a>>, LoadError> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, from)) = rest.split_once(BEGIN) {
        let (block, after) = Block::first_of(from).ok_or_else(|| {
            let text = "a PEM block in it has no end line; copy it again, and whole";
            LoadError::new(at, LoadErrorKind::Truncated, text)
        })?;
        rest = after;
        blocks.push(block);
        if blocks.len() > MAX_BLOCKS {
            let text =
                format!("contains more than {MAX_BLOCKS} PEM blocks; name a file with one chain");
            return Err(LoadError::new(at, LoadErrorKind::TooCostly, text));
        }
    }
    if blocks.is_empty() {
        let text =
            "expected PEM text with a key and its certificates, found no line -----BEGIN …-----";
        return Err(LoadError::new(at, LoadErrorKind::WrongFormat, text));
    }
    Ok(blocks)
}

impl<'a> Block<'a> {
    /// The block at the start of `from`, which begins after the word BEGIN, and what follows it.
    fn first_of(from: &'a str) -> Option<(Self, &'a str)> {
        let (name, after) = from.split_once(DASHES)?;
        let (inside, after) = after.split_once(&format!("-----END {name}-----"))?;
        let (lines, oddity) = pem_text::lines(inside);
        let block = Self {
            name,
            lines,
            oddity,
        };
        Some((block, after))
    }

    fn is_certificate(&self) -> bool {
        matches!(self.name, "CERTIFICATE" | "X509 CERTIFICATE")
    }

    /// Whether it has the headers of RFC 1421, by which OpenSSL's older format marks encrypted keys.
    fn is_encrypted_in_the_old_way(&self) -> bool {
        self.lines.iter().any(|line| line.contains("ENCRYPTED"))
    }

    /// As OpenSSL reads it.
    fn canonical(&self) -> Zeroizing<String> {
        let length: usize = self.lines.iter().map(|line| line.len() + 1).sum();
        let mut pem = Zeroizing::new(String::with_capacity(length + 2 * self.name.len() + 40));
        let mut push = |parts: &[&str]| parts.iter().for_each(|part| pem.push_str(part));
        push(&[BEGIN, self.name, DASHES, "\n"]);
        for line in &self.lines {
            push(&[line, "\n"]);
            if line.starts_with("DEK-Info:") {
                push(&["\n"]);
            }
        }
        push(&["-----END ", self.name, DASHES, "\n"]);
        pem
    }

    fn der(&self) -> Option<Zeroizing<Vec<u8>>> {
        // Room for all of it at once: a buffer that grows would leave copies of the key behind.
        let length = self.lines.iter().map(|line| line.len()).sum();
        let mut packed = Zeroizing::new(String::with_capacity(length));
        for line in &self.lines {
            packed.extend(line.chars().filter(|c| !c.is_ascii_whitespace()));
        }
        STANDARD.decode(packed.as_bytes()).ok().map(Zeroizing::new)
    }

    fn encrypted(&self) -> Result<Encrypted, ReadError> {
        let damaged = || ReadError::Key(private_key::KeyError::Damaged);
        let der = self.der().ok_or_else(damaged)?;
        Encrypted::private_key(&Values::new(&der).expect(SEQUENCE)?)
    }
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
        let encrypted = blocks.iter().filter(|block| is_encrypted_pkcs8(block));
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
        let is_locked = is_encrypted_pkcs8(block) || block.is_encrypted_in_the_old_way();
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
        let key = PKey::private_key_from_pem_callback(pem.as_bytes(), |buffer| {
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
                let text = "its key is encrypted, and the password does not fit; check \
                            OUTBOUND_CLIENT_CERT_PASSWORD";
                LoadError::new(self.at, LoadErrorKind::WrongPassword, text)
            }
            ReadError::Form => ReadError::Key(private_key::KeyError::Damaged).refuse(self.at),
            error => error.refuse(self.at),
        }
    }
}

fn is_encrypted_pkcs8(block: &Block<'_>) -> bool {
    block.name == "ENCRYPTED PRIVATE KEY"
}
