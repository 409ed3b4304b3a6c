//! The bytes that a password is encoded as.
//!
//! RFC 7292 wants UTF-16 with a closing NUL for its own derivation, and RFC 8018 leaves PBKDF2's encoding open. Files
//! differ: Key Vault and App Service write no password at all rather than an empty one, OpenSSL before 1.1 widened
//! whatever bytes the terminal sent, and some tools give PBKDF2 Latin-1. One file can even use both encodings of no
//! password, one in its integrity check and the other in its contents, so each part of a file is tried with all.

use zeroize::Zeroizing;

use crate::password::Password;
use crate::secret_bytes::SecretBytes;

/// One encoding of a password.
pub(super) type Secret = Zeroizing<Vec<u8>>;

/// The encodings of a password that files are made with, the usual one first.
pub(super) struct Secrets {
    wide: Vec<Secret>,
    octets: Vec<Secret>,
}

impl Secrets {
    pub(super) fn of(password: &Password) -> Self {
        let text = password.text();
        let mut wide = vec![widened(text.encode_utf16())];
        let mut octets = vec![Zeroizing::new(text.as_bytes().to_vec())];
        if text.is_empty() {
            wide.push(Zeroizing::new(Vec::new()));
        } else if !text.is_ascii() {
            wide.push(widened(text.bytes().map(u16::from)));
            octets.extend(latin1(text));
        }
        Self { wide, octets }
    }

    /// For the derivation of RFC 7292: two bytes a character and a closing NUL, or nothing at all; at most two.
    pub(super) fn wide(&self) -> &[Secret] {
        &self.wide
    }

    /// For the derivations of RFC 8018; at most two.
    pub(super) fn octets(&self) -> &[Secret] {
        &self.octets
    }
}

fn widened(units: impl Iterator<Item = u16>) -> Secret {
    let units = units.chain(std::iter::once(0));
    let mut wide = SecretBytes::with_room(2 * units.size_hint().1.unwrap_or(0));
    units.for_each(|unit| wide.push(&unit.to_be_bytes()));
    wide.into_inner()
}

fn latin1(text: &str) -> Option<Secret> {
    let mut octets = SecretBytes::with_room(text.len());
    for c in text.chars() {
        octets.push(&[u8::try_from(u32::from(c)).ok()?]);
    }
    Some(octets.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encodings(text: &str) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
        let secrets = Secrets::of(&Password::new(text.to_owned()));
        let plain = |all: &[Secret]| all.iter().map(|secret| secret.to_vec()).collect();
        (plain(secrets.wide()), plain(secrets.octets()))
    }

    #[test]
    fn each_derivation_has_at_most_two_encodings_of_a_password() {
        assert_eq!(encodings(""), (vec![vec![0, 0], vec![]], vec![vec![]]));
        let ascii = (vec![vec![0, 97, 0, 98, 0, 0]], vec![b"ab".to_vec()]);
        assert_eq!(encodings("ab"), ascii);
        let umlaut = (
            vec![vec![0, 0xE4, 0, 0], vec![0, 0xC3, 0, 0xA4, 0, 0]],
            vec![vec![0xC3, 0xA4], vec![0xE4]],
        );
        assert_eq!(encodings("\u{E4}"), umlaut);
        let euro = encodings("\u{20AC}");
        assert_eq!((euro.0.len(), euro.1.len()), (2, 1), "not in Latin-1");
    }
}
