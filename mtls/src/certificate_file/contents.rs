//! From what the handler's reader found to what a certificate file shows.

use outbound_mtls::Contents;

use super::format::Format;
use super::{Found, FoundKey, Unreadable};

/// The certificates and the first key of a file.
pub(super) fn found(contents: &Contents, format: Format) -> Result<Found, Unreadable> {
    let certificates: Vec<Vec<u8>> = contents
        .certificates()
        .into_iter()
        .map(|certificate| certificate.to_der())
        .collect::<Result<_, _>>()?;
    let keys = contents.key_count();
    if certificates.is_empty() {
        return Err(match keys {
            0 => Unreadable::NoCertificate,
            _ => Unreadable::KeyAlone,
        });
    }
    let key = match contents.first_key() {
        Some(key) => FoundKey::Open(key.clone()),
        None if keys > 0 => FoundKey::Locked,
        None => FoundKey::Absent,
    };
    Ok(Found {
        format,
        certificates,
        key,
        friendly_name: contents.friendly_name().map(ToOwned::to_owned),
    })
}
