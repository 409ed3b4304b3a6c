//! What no package may hold: private keys, and a developer's own settings. Pure.

use openssl::pkcs12::Pkcs12;
use openssl::pkey::PKey;
use serde_json::Value;

/// What a file holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Secret {
    /// A key, in any form that the tools around certificates write.
    PrivateKey,
    /// The form of `local.settings.json`, whatever its name.
    LocalSettings,
    /// Variables for a shell, with what is secret in them.
    EnvironmentFile,
}

/// How the names of files end that hold a key by what they are.
const KEY_ENDINGS: [&str; 9] = [
    "pfx",
    "p12",
    "key",
    "jks",
    "ppk",
    "kdbx",
    "keystore",
    "bks",
    "publishsettings",
];

/// Whole names of files that hold keys or passwords.
const KEY_FILES: [&str; 6] = [
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    ".git-credentials",
    ".netrc",
    ".npmrc",
];

/// What editors and people put behind the name of a copy.
const COPIES: [&str; 4] = ["~", ".bak", ".old", ".orig"];

/// Endings of `.env.…` by which people share an example without values.
const EXAMPLES: [&str; 4] = ["example", "sample", "template", "dist"];

/// First bytes of Java's two kinds of keystore, and of PuTTY's keys.
const MAGIC: [&[u8]; 3] = [
    b"\xFE\xED\xFE\xED",
    b"\xCE\xCE\xCE\xCE",
    b"PuTTY-User-Key-File-",
];

const BEGIN: &[u8] = b"---- BEGIN ";
const PEM_BEGIN: &[u8] = b"-----BEGIN ";

/// How the first lines of keys end: PEM (RFC 7468), OpenPGP (RFC 9580, section 6.2), and the form of RFC 4716 that SSH2 has for keys.
const KEY_LABEL_ENDS: [&[u8]; 3] = [
    b"PRIVATE KEY-----",
    b"PRIVATE KEY BLOCK-----",
    b"PRIVATE KEY ----",
];

/// How their last lines begin.
const ENDS: [&[u8]; 2] = [b"-----END ", b"---- END "];

/// The longest label before `PRIVATE KEY`, as `OPENSSH` and `SSH2 ENCRYPTED`, with what begins the line.
const MAX_LABEL_BYTES: usize = 32;

/// The longest key that is looked for: RSA of 16384 bits has 13 kB in PEM.
const MAX_KEY_BYTES: usize = 64 * 1024;

/// Characters of base64 in a row that are no word.
const BASE64_RUN: usize = 16;

/// Characters in such rows that are no accident; the shortest key, of Ed25519, has 64.
const BASE64_CHARACTERS: usize = 40;

/// The largest JSON document, and the largest PKCS#12 file, that is parsed for keys.
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

impl Secret {
    /// What a file holds, by its name and its bytes; `None` where it holds nothing of this kind.
    ///
    /// A key that nothing marks is not found: base64 of a PKCS#12 file in JSON, an encrypted key in DER.
    pub(crate) fn of(name: &str, bytes: &[u8]) -> Option<Self> {
        if let Some(text) = utf16(bytes) {
            return Self::of(name, text.as_bytes());
        }
        let path = name.to_ascii_lowercase();
        let path = original(&path);
        let name = path.rsplit('/').next().unwrap_or(path);
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let is_key = ending.is_some_and(|ending| KEY_ENDINGS.contains(&ending))
            || KEY_FILES.contains(&name)
            || path == ".aws/credentials"
            || path.ends_with("/.aws/credentials");
        if is_key {
            return Some(Self::PrivateKey);
        }
        if is_environment(name) {
            return Some(Self::EnvironmentFile);
        }
        if name.starts_with("local.settings.") {
            return Some(Self::LocalSettings);
        }
        let is_key = MAGIC.iter().any(|magic| bytes.starts_with(magic))
            || KEY_LABEL_ENDS.iter().any(|end| has_key_text(bytes, end))
            || has_xml_key(bytes)
            || is_der(bytes)
            || has_json_web_key(bytes);
        if is_key {
            return Some(Self::PrivateKey);
        }
        is_local_settings(bytes).then_some(Self::LocalSettings)
    }

    /// For people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "a private key",
            Self::LocalSettings => "a developer's settings",
            Self::EnvironmentFile => "variables of a shell",
        }
    }
}

/// The name without what marks a copy.
fn original(name: &str) -> &str {
    let mut copies = COPIES.iter();
    match copies.find_map(|copy| name.strip_suffix(copy)) {
        Some(shorter) => original(shorter),
        None => name,
    }
}

fn is_environment(name: &str) -> bool {
    if name == ".envrc" {
        return true;
    }
    if let Some(stem) = name.strip_suffix(".env").filter(|stem| !stem.is_empty()) {
        let last = stem.rsplit('.').next().unwrap_or(stem);
        return !EXAMPLES.contains(&last);
    }
    match name.strip_prefix(".env") {
        Some("") => true,
        Some(rest) => rest
            .strip_prefix('.')
            .is_some_and(|ending| !EXAMPLES.contains(&ending)),
        None => false,
    }
}

/// Text in UTF-16 with a byte order mark, as some shells write it.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit = match bytes {
        [0xFF, 0xFE, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, _) = bytes[2..].as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().copied().map(unit).collect();
    Some(String::from_utf16_lossy(&units))
}

/// A key between two lines with labels, also within JSON or source text. Programs have the label alone.
fn has_key_text(bytes: &[u8], label_end: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = find(rest, label_end) {
        let label = &rest[at.saturating_sub(MAX_LABEL_BYTES)..at];
        let after = &rest[at + label_end.len()..];
        let near = &after[..after.len().min(MAX_KEY_BYTES)];
        let end = ENDS.iter().filter_map(|end| find(near, end)).min();
        let content = end.map(|end| &near[..end]);
        let begins = find(label, PEM_BEGIN).is_some() || find(label, BEGIN).is_some();
        if begins && content.is_some_and(is_encoded) {
            return true;
        }
        rest = after;
    }
    false
}

/// The private part of an RSA key as .NET writes it in XML.
fn has_xml_key(bytes: &[u8]) -> bool {
    bytes.len() <= MAX_DOCUMENT_BYTES
        && [b"<RSAKeyValue".as_slice(), b"<D>"]
            .iter()
            .all(|part| find(bytes, part).is_some())
}

/// Text with base64.
fn is_encoded(content: &[u8]) -> bool {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let runs = content.split(|byte| !is_base64(byte)).map(<[u8]>::len);
    let encoded: usize = runs.filter(|run| *run >= BASE64_RUN).sum();
    content.iter().all(is_text) && encoded >= BASE64_CHARACTERS
}

fn is_der(bytes: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    bytes.first() == Some(&SEQUENCE)
        && bytes.len() <= MAX_DOCUMENT_BYTES
        && (PKey::private_key_from_der(bytes).is_ok() || Pkcs12::from_der(bytes).is_ok())
}

/// A JSON Web Key with its private member (RFC 7517, RFC 7518 section 6). In what no strict reader takes, as a document with
/// comments or one of a line each, the names of its members are enough.
fn has_json_web_key(bytes: &[u8]) -> bool {
    let has = |name: &[u8]| find(bytes, name).is_some();
    if !is_json(bytes) || !has(b"\"kty\"") {
        return false;
    }
    match serde_json::from_slice::<Value>(without_mark(bytes)) {
        Ok(document) => holds_private_member(&document),
        Err(_) => has(b"\"d\"") || has(b"\"k\""),
    }
}

fn holds_private_member(value: &Value) -> bool {
    match value {
        Value::Object(members) => {
            let is_private = members.contains_key("d") || members.contains_key("k");
            (members.contains_key("kty") && is_private)
                || members.values().any(holds_private_member)
        }
        Value::Array(values) => values.iter().any(holds_private_member),
        _ => false,
    }
}

/// The two members that `func` writes. Comments are allowed in it, so it is not parsed.
fn is_local_settings(bytes: &[u8]) -> bool {
    let members: [&[u8]; 2] = [b"\"isencrypted\"", b"\"values\""];
    if !is_json(bytes) {
        return false;
    }
    let lower = bytes.to_ascii_lowercase();
    members.iter().all(|member| find(&lower, member).is_some())
}

/// Whether it may be a JSON object or array of a size that is looked at.
fn is_json(bytes: &[u8]) -> bool {
    let first = without_comments(without_mark(bytes)).first();
    bytes.len() <= MAX_DOCUMENT_BYTES && matches!(first, Some(b'{' | b'['))
}

/// The bytes behind blanks and comments.
fn without_comments(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.trim_ascii_start();
    let end: &[u8] = match bytes {
        [b'/', b'/', ..] => b"\n",
        [b'/', b'*', ..] => b"*/",
        _ => return bytes,
    };
    match find(bytes, end) {
        Some(at) => without_comments(&bytes[at + end.len()..]),
        None => &[],
    }
}

/// The bytes without a byte order mark at their start.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

/// Where a text begins.
pub(crate) fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        let at = from + at;
        if bytes[at..].starts_with(text) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

#[cfg(test)]
mod tests;
