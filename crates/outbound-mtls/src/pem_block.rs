//! The blocks of PEM text (RFC 7468).

use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::form::{Form, Found};
use super::load_error::{LoadError, LoadErrorKind};
use super::pem_text::{self, Oddity};
use super::pkcs12::ber::{SEQUENCE, Values};
use super::pkcs12::{Encrypted, ReadError};
use super::private_key;
use super::secret_bytes::{self, SecretBytes};

/// The most blocks of one text; an identity has about four.
const MAX_BLOCKS: usize = 1_000;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// One block.
pub(super) struct Block<'a> {
    pub(super) name: &'a str,
    /// Without what indents them.
    lines: Vec<&'a str>,
    pub(super) oddity: Option<Oddity>,
}

/// The blocks of a text, in its order.
pub(super) fn blocks<'a>(at: &str, text: &'a str) -> Result<Vec<Block<'a>>, LoadError> {
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
        let found = Found::of(text.as_bytes());
        return Err(LoadError::wrong_format(at, Form::Pem, found));
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

    pub(super) fn is_certificate(&self) -> bool {
        matches!(self.name, "CERTIFICATE" | "X509 CERTIFICATE")
    }

    pub(super) fn is_encrypted_pkcs8(&self) -> bool {
        self.name == "ENCRYPTED PRIVATE KEY"
    }

    /// Whether it has the headers of RFC 1421, by which OpenSSL's older format marks encrypted keys.
    pub(super) fn is_encrypted_in_the_old_way(&self) -> bool {
        self.lines.iter().any(|line| line.contains("ENCRYPTED"))
    }

    /// As OpenSSL reads it.
    pub(super) fn canonical(&self) -> Zeroizing<Vec<u8>> {
        let mut parts = vec![BEGIN, self.name, DASHES, "\n"];
        for line in &self.lines {
            parts.extend([line, "\n"]);
            if line.starts_with("DEK-Info:") {
                parts.push("\n");
            }
        }
        parts.extend([END, self.name, DASHES, "\n"]);
        let parts: Vec<&[u8]> = parts.into_iter().map(str::as_bytes).collect();
        secret_bytes::joined(&parts)
    }

    pub(super) fn der(&self) -> Option<Zeroizing<Vec<u8>>> {
        let length = self.lines.iter().map(|line| line.len()).sum();
        let mut packed = SecretBytes::with_room(length);
        for line in &self.lines {
            let parts = line.split_ascii_whitespace();
            parts.for_each(|part| packed.push(part.as_bytes()));
        }
        secret_bytes::from_base64(&STANDARD, &packed).ok()
    }

    pub(super) fn encrypted(&self) -> Result<Encrypted, ReadError> {
        let damaged = || ReadError::Key(private_key::KeyError::Damaged);
        let der = self.der().ok_or_else(damaged)?;
        Encrypted::private_key(&Values::new(&der).expect(SEQUENCE)?)
    }
}
