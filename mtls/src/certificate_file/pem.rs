//! PEM: certificates and at most one private key, in any order.

use openssl::pkey::{PKey, Private};
use openssl::x509::X509;

use super::format::{Content, Format};
use super::{Found, FoundKey, Unreadable};
use crate::password::Password;

/// Whether the text has a PEM block.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN ")
}

/// Reads all certificates, and the first private key.
pub(super) fn parse(text: &str, password: Option<&Password>) -> Result<Found, Unreadable> {
    let mut certificates = X509::stack_from_pem(text.as_bytes())?;
    let key = private_key(text, password)?;
    if certificates.is_empty() {
        return Err(match key {
            _ if text.contains("-----BEGIN PKCS7-----") => Unreadable::Pkcs7,
            FoundKey::Absent => Unreadable::NoCertificate,
            FoundKey::Locked | FoundKey::Open(_) => Unreadable::KeyAlone,
        });
    }
    if let FoundKey::Open(key) = &key {
        own_certificate_first(&mut certificates, key);
    }
    let certificates = certificates
        .iter()
        .map(|certificate| certificate.to_der())
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Found {
        format: Format::plain(Content::Pem),
        certificates,
        key,
        friendly_name: None,
    })
}

/// A password is always handed over, since OpenSSL would ask at the terminal otherwise.
fn private_key(text: &str, password: Option<&Password>) -> Result<FoundKey, Unreadable> {
    if !text.contains("PRIVATE KEY-----") {
        return Ok(FoundKey::Absent);
    }
    let locked = text.contains("ENCRYPTED");
    match (locked, password) {
        (true, None) => Ok(FoundKey::Locked),
        (_, password) => {
            let password = password.map_or("", Password::expose);
            PKey::private_key_from_pem_passphrase(text.as_bytes(), password.as_bytes())
                .map(FoundKey::Open)
                .map_err(|error| {
                    if locked {
                        Unreadable::WrongKeyPassword
                    } else {
                        error.into()
                    }
                })
        }
    }
}

fn own_certificate_first(certificates: &mut [X509], key: &PKey<Private>) {
    let own = certificates.iter().position(|certificate| {
        certificate
            .public_key()
            .is_ok_and(|public| public.public_eq(key))
    });
    if let Some(own) = own
        && let Some(upto_own) = certificates.get_mut(..=own)
    {
        upto_own.rotate_right(1);
    }
}
