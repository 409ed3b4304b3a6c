//! The bytes that a password stands for.
//!
//! RFC 7292 wants UTF-16 with a closing NUL for its own derivation, and RFC 8018 leaves PBKDF2's encoding open.
//! Files differ: Key Vault and App Service write no password at all rather than an empty one, OpenSSL before 1.1
//! widened whatever bytes the terminal sent, and some tools give PBKDF2 Latin-1.

use zeroize::Zeroizing;

use crate::Password;

/// One way to turn a password into bytes.
pub(crate) struct PasswordForm {
    bmp: Zeroizing<Vec<u8>>,
    octets: Zeroizing<Vec<u8>>,
}

impl PasswordForm {
    /// The forms that files are made with, the usual one first; at most three.
    pub(crate) fn all(password: &Password) -> Vec<Self> {
        let text = password.text();
        let utf8 = || Zeroizing::new(text.as_bytes().to_vec());
        let mut forms = vec![Self {
            bmp: wide(text.encode_utf16()),
            octets: utf8(),
        }];
        if text.is_empty() {
            forms.push(Self {
                bmp: Zeroizing::new(Vec::new()),
                octets: utf8(),
            });
        } else if !text.is_ascii() {
            forms.push(Self {
                bmp: wide(text.bytes().map(u16::from)),
                octets: utf8(),
            });
            forms.extend(latin1(text).map(|octets| Self {
                bmp: wide(text.encode_utf16()),
                octets,
            }));
        }
        forms
    }

    /// For the derivation of RFC 7292: two bytes a character and a closing NUL, or nothing at all.
    pub(super) fn bmp(&self) -> &[u8] {
        &self.bmp
    }

    /// For the derivations of RFC 8018.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }
}

fn wide(units: impl Iterator<Item = u16>) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(
        units
            .chain(std::iter::once(0))
            .flat_map(u16::to_be_bytes)
            .collect(),
    )
}

fn latin1(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let octets: Result<Vec<u8>, _> = text.chars().map(|c| u8::try_from(u32::from(c))).collect();
    octets.ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
        PasswordForm::all(&Password::new(text.to_owned()))
            .iter()
            .map(|form| (form.bmp().to_vec(), form.octets().to_vec()))
            .collect()
    }

    #[test]
    fn nothing_has_two_forms_ascii_one_and_others_up_to_three() {
        assert_eq!(forms(""), [(vec![0, 0], vec![]), (vec![], vec![])]);
        assert_eq!(forms("ab"), [(vec![0, 97, 0, 98, 0, 0], b"ab".to_vec())]);
        assert_eq!(
            forms("\u{E4}"),
            [
                (vec![0, 0xE4, 0, 0], vec![0xC3, 0xA4]),
                (vec![0, 0xC3, 0, 0xA4, 0, 0], vec![0xC3, 0xA4]),
                (vec![0, 0xE4, 0, 0], vec![0xE4]),
            ]
        );
        assert_eq!(forms("\u{20AC}").len(), 2, "not in Latin-1");
    }
}
