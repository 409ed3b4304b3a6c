//! PKCS#12 files (RFC 7292), as Windows, Key Vault, App Service, OpenSSL, Java and NSS write them.
//!
//! The structure is read here and the cryptography is OpenSSL's. OpenSSL's own reader stops at the first key and
//! says nothing of the others, knows one form of a password, and sets no limit to what a file may cost.

mod bags;
pub(super) mod ber;
mod decrypt;
pub(super) mod derive;
mod legacy;
mod mac;
pub(super) mod password_form;

use std::borrow::Cow;

use bags::BagError;
use ber::{BerError, CONTEXT_0, INTEGER, OBJECT_IDENTIFIER, SEQUENCE, Values};
use derive::Budget;
use mac::Mac;
use password_form::PasswordForm;

pub(super) use bags::decrypt_private_key;
pub(super) use decrypt::DecryptError;

use super::contents::Contents;
use super::identity::Warning;
use super::load_error::{LoadError, LoadErrorKind};
use super::password::Password;

/// Reads every key and certificate of a PKCS#12 file.
///
/// Checked: the integrity value, where the file has one; its absence is a warning. Not checked: dates, and
/// whether anything fits anything else. `at` names the file for the refusal.
///
/// # Errors
///
/// Not PKCS#12, truncated, another password, an algorithm that is not read, more work than the limits allow.
pub(super) fn read(at: &str, bytes: &[u8], password: &Password) -> Result<Contents, LoadError> {
    let archive = Archive::read(bytes).map_err(|error| refuse_form(at, bytes, error))?;
    let forms = PasswordForm::all(password);
    let fitting = archive
        .fitting_forms(&forms)
        .map_err(|error| refuse(at, BagError::Decrypt(error)))?;
    let mut refusal = None;
    for form in fitting {
        match bags::read(&archive.safe, form) {
            Ok(mut contents) => {
                if archive.mac.is_none() {
                    contents.warn(Warning::NoIntegrityCheck);
                }
                return Ok(contents);
            }
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.map_or_else(|| wrong_password(at), |error| archive.refuse(at, error)))
}

/// The two parts of a file.
struct Archive<'a> {
    safe: Cow<'a, [u8]>,
    mac: Option<Mac<'a>>,
}

impl<'a> Archive<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, BerError> {
        let mut fields = Values::new(bytes).expect(SEQUENCE)?.values();
        if fields.expect(INTEGER)?.number()? != 3 {
            return Err(BerError::Unexpected);
        }
        let mut info = fields.expect(SEQUENCE)?.values();
        if info.expect(OBJECT_IDENTIFIER)?.dotted()? != bags::DATA {
            return Err(BerError::Unexpected);
        }
        let safe = info.expect(CONTEXT_0)?.only()?.octets()?;
        let mac = match fields.next_or_end()? {
            Some(value) if value.tag() == SEQUENCE => Some(Mac::read(&value)?),
            _ => None,
        };
        Ok(Self { safe, mac })
    }

    /// The forms of the password that the integrity value was made with; all, where there is none.
    fn fitting_forms<'f>(
        &self,
        forms: &'f [PasswordForm],
    ) -> Result<Vec<&'f PasswordForm>, DecryptError> {
        let Some(mac) = &self.mac else {
            return Ok(forms.iter().collect());
        };
        let mut fitting = Vec::new();
        for form in forms {
            if mac.fits(&self.safe, form, &mut Budget::new())? {
                fitting.push(form);
            }
        }
        Ok(fitting)
    }

    /// Names what stood in the way, knowing whether the password has been proven.
    fn refuse(&self, at: &str, error: BagError) -> LoadError {
        match (&error, &self.mac) {
            (BagError::Decrypt(DecryptError::Failed), Some(_)) => LoadError::new(
                at,
                LoadErrorKind::Damaged,
                "the password fits the file's integrity check and does not decrypt its contents; \
                 expected one password for both, export it again with one",
            ),
            // Under a wrong password, one try in 256 decrypts to bytes that are something else.
            (BagError::Decrypt(DecryptError::Failed | DecryptError::Form), None)
            | (BagError::Key | BagError::Certificate, None) => wrong_password(at),
            _ => refuse(at, error),
        }
    }
}

fn wrong_password(at: &str) -> LoadError {
    let text = "is PKCS#12, and the password does not fit, or the file is damaged; check \
                OUTBOUND_CLIENT_CERT_PASSWORD (files from App Service and Key Vault have no password)";
    LoadError::new(at, LoadErrorKind::WrongPassword, text)
}

fn refuse(at: &str, error: BagError) -> LoadError {
    let (kind, text) = match error {
        BagError::Decrypt(DecryptError::Unsupported(what)) => (
            LoadErrorKind::Unsupported,
            format!("uses {what}, which is not read here; export it again with AES-256"),
        ),
        BagError::Decrypt(DecryptError::TooCostly(costly)) => (
            LoadErrorKind::TooCostly,
            format!(
                "asks for {} iterations in one place, and all together may be {} at most; export it \
                 again with fewer",
                costly.asked, costly.limit
            ),
        ),
        BagError::Decrypt(DecryptError::Form | DecryptError::Failed) => (
            LoadErrorKind::Damaged,
            "is PKCS#12, and its contents are damaged; copy or export it again".to_owned(),
        ),
        BagError::Key => (
            LoadErrorKind::Unsupported,
            "holds a private key of a kind that is not read here; expected RSA, P-256, P-384 or Ed25519"
                .to_owned(),
        ),
        BagError::Certificate => (
            LoadErrorKind::Damaged,
            "holds a certificate that is no X.509 certificate; export it again".to_owned(),
        ),
        BagError::TooMany => (
            LoadErrorKind::TooCostly,
            "holds more entries, or deeper ones, than an identity needs; export one key with its chain"
                .to_owned(),
        ),
        BagError::PublicKeyPrivacy => (
            LoadErrorKind::Unsupported,
            "is encrypted for a recipient's key, expected a password; export it again".to_owned(),
        ),
    };
    LoadError::new(at, kind, text)
}

/// Says what bytes are that are not PKCS#12.
fn refuse_form(at: &str, bytes: &[u8], error: BerError) -> LoadError {
    let text = String::from_utf8_lossy(bytes.get(..64).unwrap_or(bytes));
    let seen = match (text.trim_start(), error) {
        ("", _) => "is empty",
        (text, _) if text.starts_with("-----BEGIN") => {
            "is PEM text; name it in OUTBOUND_CLIENT_CERT_PEM instead"
        }
        (text, _) if text.starts_with("MI") => {
            "is base64 text; put it into OUTBOUND_CLIENT_CERT_PFX, or decode the file"
        }
        (_, BerError::Truncated) if bytes.first() == Some(&SEQUENCE) => {
            let text = "begins as PKCS#12 and ends early; copy it again as binary, and whole";
            return LoadError::new(at, LoadErrorKind::Truncated, text);
        }
        _ => "is no PKCS#12 file that a password protects",
    };
    let text = format!("expected PKCS#12 (.pfx, .p12), and it {seen}");
    LoadError::new(at, LoadErrorKind::WrongFormat, text)
}
