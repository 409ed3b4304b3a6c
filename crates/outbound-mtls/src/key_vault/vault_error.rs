//! Why a vault gave no certificate.

use std::fmt;

use managed_identity::{TokenError, TransportError};
use serde::Deserialize;

/// The longest of Azure's words for a refusal that is repeated.
const MAX_REASON_CHARACTERS: usize = 64;

/// Why a vault gave no certificate. No text of it contains a token or a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum VaultError {
    /// The authorities that were given for the vault cannot be read.
    Authorities,
    /// The secret is neither PKCS#12 in base64 nor PEM text.
    NoCertificate,
    /// The vault has not been asked yet.
    NotAsked,
    /// The answer is not that of a vault.
    NotAVault,
    /// Another status than 200, with Azure's reason where there is one.
    Refused(u16, Option<String>),
    /// The TLS library does not start.
    Tls,
    /// No token of the managed identity.
    Token(TokenError),
    /// No answer.
    Transport(TransportError),
}

impl VaultError {
    pub(super) fn refused(status: u16, content: &[u8]) -> Self {
        Self::Refused(status, reason(content))
    }

    /// What to do about it.
    fn advice(&self) -> &'static str {
        match self {
            Self::Authorities => "correct them",
            Self::NoCertificate => "name a certificate, or a secret that holds one",
            Self::Refused(_, Some(reason)) if reason == "SecretDisabled" => {
                "enable the certificate"
            }
            Self::Refused(401 | 403, _) => {
                "give the app's identity the role Key Vault Secrets User, and let the app through the vault's firewall"
            }
            Self::Refused(404, _) => "correct the name or the version",
            Self::Token(_) => {
                "give the app a managed identity; outside Azure, use another source of the certificate"
            }
            Self::NotAsked => "reload the client",
            Self::NotAVault | Self::Refused(..) | Self::Tls | Self::Transport(_) => {
                "it is asked again; look at the vault and at the network between"
            }
        }
    }
}

/// Azure's innermost word for a refusal, such as `ForbiddenByRbac`: letters and digits, or it is not repeated.
fn reason(content: &[u8]) -> Option<String> {
    let mut code = serde_json::from_slice::<Refusal>(content).ok()?.error;
    while let Some(inner) = code.innererror {
        code = *inner;
    }
    let is_word = code.code.len() <= MAX_REASON_CHARACTERS
        && !code.code.is_empty()
        && code.code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then_some(code.code)
}

#[derive(Deserialize)]
struct Refusal {
    error: Code,
}

#[derive(Deserialize)]
struct Code {
    code: String,
    innererror: Option<Box<Code>>,
}

impl From<TransportError> for VaultError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a certificate with its key, found ")?;
        match self {
            Self::Authorities => f.write_str("authorities that cannot be read"),
            Self::NoCertificate => f.write_str("a secret that is neither PKCS#12 nor PEM"),
            Self::NotAsked => f.write_str("that the vault has not been asked yet"),
            Self::NotAVault => f.write_str("an answer that is not a vault's"),
            Self::Refused(status @ 300..=399, _) => {
                write!(f, "status {status}, a redirect, which is not followed")
            }
            Self::Refused(status, None) => write!(f, "status {status}"),
            Self::Refused(status, Some(reason)) => write!(f, "status {status}, {reason}"),
            Self::Tls => f.write_str("that the TLS library does not start"),
            Self::Token(error) => write!(f, "no token of the managed identity: {error}"),
            Self::Transport(error) => error.fmt(f),
        }?;
        write!(f, "; {}", self.advice())
    }
}

impl std::error::Error for VaultError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_azures_innermost_word_and_nothing_else() {
        for (content, expected) in [
            (
                r#"{"error":{"code":"SecretNotFound","message":"m"}}"#,
                Some("SecretNotFound"),
            ),
            (
                r#"{"error":{"code":"Forbidden","innererror":{"code":"ForbiddenByRbac"}}}"#,
                Some("ForbiddenByRbac"),
            ),
            (r#"{"error":{"code":"<b>no</b>"}}"#, None),
            (r#"{"error":{"code":""}}"#, None),
            (r#"{"error":"no"}"#, None),
            ("<html>", None),
        ] {
            assert_eq!(reason(content.as_bytes()).as_deref(), expected, "{content}");
        }
        let long = format!(r#"{{"error":{{"code":"{}"}}}}"#, "a".repeat(65));
        assert_eq!(reason(long.as_bytes()), None);
    }
}
