//! The secret that a certificate of a vault is read as.

use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::vault_error::VaultError;
use crate::form::Form;
use crate::pem_text::is_pem;
use crate::secret_bytes::{SecretBytes, from_base64};

/// The content types of certificates ("Composition of a certificate").
const PKCS12: &str = "application/x-pkcs12";
const PEM: &str = "application/x-pem-file";

/// A certificate with its key, not yet parsed.
pub(super) struct Value {
    pub(super) form: Form,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

/// Reads the answer of a vault. The content type says the form; the form of a secret without one of a certificate's is seen by
/// its text.
pub(super) fn parse(answer: &[u8]) -> Result<Value, VaultError> {
    let answer: Answer<'_> = serde_json::from_slice(answer).map_err(|_| VaultError::NotAVault)?;
    let text = unescaped(answer.value.get()).ok_or(VaultError::NotAVault)?;
    let form = match answer.content_type.as_deref() {
        Some(PKCS12) => Form::Pkcs12,
        Some(PEM) => Form::Pem,
        _ if str::from_utf8(&text).is_ok_and(is_pem) => Form::Pem,
        _ => Form::Pkcs12,
    };
    let bytes = match form {
        Form::Pem => text,
        Form::Pkcs12 => {
            let decoded = from_base64(&STANDARD, text.trim_ascii());
            let decoded = decoded.map_err(|_| VaultError::NoCertificate)?;
            // Every PKCS#12 file is one ASN.1 sequence.
            if decoded.first() != Some(&0x30) {
                return Err(VaultError::NoCertificate);
            }
            decoded
        }
    };
    Ok(Value { form, bytes })
}

/// The value stays where it is: a `String` would be made in buffers that nobody overwrites.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    content_type: Option<String>,
}

/// The text of a JSON string. PEM and base64 need no `\u` escapes; a string with one is not taken.
fn unescaped(raw: &str) -> Option<Zeroizing<Vec<u8>>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = SecretBytes::with_room(inner.len());
    let mut pieces = inner.split('\\');
    text.push(pieces.next()?.as_bytes());
    while let Some(piece) = pieces.next() {
        let escaped = match piece.as_bytes().first() {
            Some(b'n') => b"\n",
            Some(b'r') => b"\r",
            Some(b't') => b"\t",
            Some(b'/') => b"/",
            Some(b'"') => b"\"",
            // Between two backslashes is nothing, and what follows the second is not escaped.
            None => b"\\",
            Some(_) => return None,
        };
        text.push(escaped);
        let rest = match piece.is_empty() {
            true => pieces.next()?,
            false => piece.get(1..)?,
        };
        text.push(rest.as_bytes());
    }
    Some(text.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_unescaped_as_json_says() {
        for raw in [
            r#""""#,
            r#""abc=""#,
            r#""a\nb\r\nc\td\/e\"f\\g""#,
            r#""\\n\\""#,
            r#""\\\n\\\\""#,
        ] {
            let expected: String = serde_json::from_str(raw).unwrap();
            let found = unescaped(raw).unwrap();
            assert_eq!(str::from_utf8(&found).unwrap(), expected, "{raw}");
        }
        for raw in ["1", "null", r#"{"a":"b"}"#, r#""\u0041""#, r#""\b""#] {
            assert!(unescaped(raw).is_none(), "{raw}");
        }
    }
}
