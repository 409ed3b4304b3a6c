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

const BEGIN: &[u8] = b"-----BEGIN ";
const KEY_LABEL_END: &[u8] = b"PRIVATE KEY-----";
const END: &[u8] = b"-----END ";

/// The longest label of PEM before `PRIVATE KEY`, as `OPENSSH` and `ENCRYPTED`.
const MAX_LABEL_BYTES: usize = 32;

/// The longest key that is looked for: RSA of 16384 bits has 13 kB in PEM.
const MAX_KEY_BYTES: usize = 64 * 1024;

/// Characters of base64 in a row that are no accident; the shortest key, of Ed25519, has 64.
const BASE64_RUN: usize = 40;

/// The largest JSON document, and the largest PKCS#12 file, that is parsed for keys.
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

impl Secret {
    /// What a file holds, by its name and its bytes; `None` where it holds nothing of this kind.
    ///
    /// A key that nothing marks is not found: base64 of a PKCS#12 file in JSON, an encrypted key in DER.
    pub(crate) fn of(name: &str, bytes: &[u8]) -> Option<Self> {
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
            || has_pem(bytes)
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

/// A PEM key, also within JSON or source text. Programs have the label alone.
fn has_pem(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = find(rest, KEY_LABEL_END) {
        let label = &rest[at.saturating_sub(MAX_LABEL_BYTES)..at];
        let after = &rest[at + KEY_LABEL_END.len()..];
        let near = &after[..after.len().min(MAX_KEY_BYTES)];
        let content = find(near, END).map(|end| &near[..end]);
        if find(label, BEGIN).is_some() && content.is_some_and(is_encoded) {
            return true;
        }
        rest = after;
    }
    false
}

/// Text with a line of base64.
fn is_encoded(content: &[u8]) -> bool {
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    content.iter().all(is_text)
        && content
            .split(|byte| !is_base64(byte))
            .any(|run| run.len() >= BASE64_RUN)
}

fn is_der(bytes: &[u8]) -> bool {
    const SEQUENCE: u8 = 0x30;
    bytes.first() == Some(&SEQUENCE)
        && bytes.len() <= MAX_DOCUMENT_BYTES
        && (PKey::private_key_from_der(bytes).is_ok() || Pkcs12::from_der(bytes).is_ok())
}

/// A JSON Web Key with its private member (RFC 7517, RFC 7518 section 6).
fn has_json_web_key(bytes: &[u8]) -> bool {
    let document = is_json(bytes)
        .then(|| serde_json::from_slice(without_mark(bytes)).ok())
        .flatten();
    document.is_some_and(|document: Value| holds_private_member(&document))
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
    let members: [&[u8]; 2] = [b"\"IsEncrypted\"", b"\"Values\""];
    is_json(bytes) && members.iter().all(|member| find(bytes, member).is_some())
}

/// Whether it may be a JSON object or array of a size that is looked at.
fn is_json(bytes: &[u8]) -> bool {
    let first = without_mark(bytes).trim_ascii_start().first();
    bytes.len() <= MAX_DOCUMENT_BYTES && matches!(first, Some(b'{' | b'['))
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
