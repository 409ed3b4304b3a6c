//! PEM: certificates and private keys, in any order and in the forms that proxies and shells leave it in.

use outbound_mtls::{Contents, LoadErrorKind};

use super::contents::found;
use super::format::{Content, Format};
use super::{Found, Unreadable};
use crate::password::Password;

/// Whether the text has a PEM block.
pub(super) fn is_pem(text: &str) -> bool {
    outbound_mtls::is_pem(text)
}

/// Reads all certificates and the first private key, as the handler reads them.
pub(super) fn parse(text: &str, password: Option<&Password>) -> Result<Found, Unreadable> {
    let secret = password.map(Password::for_reader);
    let contents =
        Contents::read("", text.as_bytes(), secret.as_ref()).map_err(|error| {
            match error.kind() {
                LoadErrorKind::WrongPassword => Unreadable::WrongKeyPassword,
                _ => Unreadable::Refused(error),
            }
        })?;
    if contents.certificates().is_empty() && text.contains("-----BEGIN PKCS7-----") {
        return Err(Unreadable::Pkcs7);
    }
    let format = Format {
        oddities: contents.oddities().to_vec(),
        ..Format::plain(Content::Pem)
    };
    found(&contents, format)
}
