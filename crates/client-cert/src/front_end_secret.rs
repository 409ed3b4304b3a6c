//! What a front end proves itself with, where anybody could write the certificate's header.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConstantTimeEq as _};

use crate::header_line::HeaderLine;

/// The fewest characters of a secret: 128 bits in hexadecimal digits.
pub const MIN_SECRET_CHARACTERS: usize = 32;

/// The most characters of a secret. Nothing needs more, and every request carries it.
pub const MAX_SECRET_CHARACTERS: usize = 512;

/// How many secrets count at a time: the old and the new one, while the front end changes over.
pub const MAX_SECRETS: usize = 2;

/// How references begin that App Service replaces by what they refer to: one that is left is no secret.
const REFERENCE: &str = "@Microsoft.";

/// Characters of lists, quoting and templates (`[...]`, `${...}`, `%...%`). A secret that has one is a setting in another form, or not
/// filled in.
const NO_SECRET_CHARACTERS: &[u8] = b",\"'`()[]{}<>%";

/// The secrets that prove that a request comes from the front end.
///
/// Held as SHA-256 digests, so that nothing here can give one away, and compared by them in constant time: neither how much of a
/// secret is right nor how long it is shows in the time that a refusal takes.
#[derive(Clone)]
pub struct FrontEndSecrets(Arc<[[u8; 32]]>);

/// Whether a request proves that it comes from the front end. Only [`FrontEndSecrets::prove`] makes one that does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrontEndProof(Found);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Found {
    Secret,
    Nothing,
    Several,
    Another,
}

impl FrontEndSecrets {
    /// The secrets that count.
    ///
    /// # Errors
    ///
    /// None, or more than [`MAX_SECRETS`]; one that is shorter than [`MIN_SECRET_CHARACTERS`], longer than
    /// [`MAX_SECRET_CHARACTERS`], or not visible ASCII without a comma, by which hops join lines, quotes, brackets and `%`; one
    /// that begins as a reference of App Service does.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidSecrets> {
        let allowed = MIN_SECRET_CHARACTERS..=MAX_SECRET_CHARACTERS;
        let mut digests = Vec::new();
        for secret in secrets {
            let begins = secret.get(..REFERENCE.len());
            if begins.is_some_and(|begins| begins.eq_ignore_ascii_case(REFERENCE)) {
                return Err(InvalidSecrets::Reference);
            }
            let is_allowed =
                |byte: u8| byte.is_ascii_graphic() && !NO_SECRET_CHARACTERS.contains(&byte);
            if !secret.bytes().all(is_allowed) {
                return Err(InvalidSecrets::Characters);
            }
            if !allowed.contains(&secret.len()) {
                return Err(InvalidSecrets::Length);
            }
            digests.push(digest(secret.as_bytes()));
        }
        match (1..=MAX_SECRETS).contains(&digests.len()) {
            true => Ok(Self(digests.into())),
            false => Err(InvalidSecrets::Count),
        }
    }

    /// Whether the lines of `X-Client-Cert-Front-End` are one with one of the secrets.
    pub fn prove(&self, line: HeaderLine<'_>) -> FrontEndProof {
        FrontEndProof(match line {
            HeaderLine::Absent => Found::Nothing,
            HeaderLine::Repeated(_) => Found::Several,
            HeaderLine::Once(value) if self.contain(value) => Found::Secret,
            HeaderLine::Once(_) => Found::Another,
        })
    }

    /// Compares with each secret, whichever is the right one.
    fn contain(&self, value: &[u8]) -> bool {
        let presented = digest(value);
        let found = self.0.iter().fold(Choice::from(0), |found, secret| {
            found | secret.as_slice().ct_eq(presented.as_slice())
        });
        found.into()
    }
}

impl FrontEndProof {
    /// No proof: no secret was sent, or none is expected.
    pub const NONE: Self = Self(Found::Nothing);

    /// Whether the request has one of the secrets.
    pub fn is_given(self) -> bool {
        self.fault().is_none()
    }

    /// What was found instead of a secret; `None` if there is one.
    pub(crate) fn fault(self) -> Option<&'static str> {
        match self.0 {
            Found::Secret => None,
            Found::Nothing => Some("none"),
            Found::Several => Some("several"),
            Found::Another => Some("another value"),
        }
    }
}

fn digest(text: &[u8]) -> [u8; 32] {
    Sha256::digest(text).into()
}

/// Shows how many there are.
impl fmt::Debug for FrontEndSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FrontEndSecrets")
            .field(&self.0.len())
            .finish()
    }
}

/// Why texts are no secrets of a front end. Says nothing of their contents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum InvalidSecrets {
    /// None, or too many.
    Count,
    /// One is too short or too long.
    Length,
    /// One has blanks, control characters, commas, quotes, brackets, `%` or characters outside ASCII.
    Characters,
    /// One is a reference of App Service that was not replaced.
    Reference,
}

impl fmt::Display for InvalidSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected one secret, or two with a comma between them, each of {MIN_SECRET_CHARACTERS} to \
             {MAX_SECRET_CHARACTERS} visible ASCII characters without quotes, brackets and %, found "
        )?;
        f.write_str(match self {
            Self::Count => "none or more than two",
            Self::Length => "one that is shorter or longer",
            Self::Characters => "one with other characters",
            Self::Reference => "a reference that App Service has not replaced",
        })
    }
}

impl Error for InvalidSecrets {}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "0123456789abcdef0123456789abcdef";
    const NEW: &str = "0123456789abcdef0123456789abcdeF";

    #[test]
    fn secrets_have_a_length_and_plain_characters() {
        let long = "x".repeat(MAX_SECRET_CHARACTERS + 1);
        let rows: [(&[&str], Option<InvalidSecrets>); 11] = [
            (&[OLD], None),
            (&[OLD, NEW], None),
            (&[&long[1..]], None),
            (&[], Some(InvalidSecrets::Count)),
            (&[OLD, NEW, OLD], Some(InvalidSecrets::Count)),
            (&[&OLD[1..]], Some(InvalidSecrets::Length)),
            (&[OLD, ""], Some(InvalidSecrets::Length)),
            (&[&long], Some(InvalidSecrets::Length)),
            (
                &["0123456789abcdef 0123456789abcdef"],
                Some(InvalidSecrets::Characters),
            ),
            (
                &["0123456789abcdef,0123456789abcdef"],
                Some(InvalidSecrets::Characters),
            ),
            (
                &["0123456789abcdef\u{e9}0123456789abcdef"],
                Some(InvalidSecrets::Characters),
            ),
        ];
        for (secrets, error) in rows {
            let made = FrontEndSecrets::new(secrets.iter().copied());
            assert_eq!(made.err(), error, "{secrets:?}");
        }
    }

    #[test]
    fn what_is_a_reference_a_list_or_a_template_is_no_secret() {
        use InvalidSecrets::{Characters, Reference};
        let rows: [(&[&str], Option<InvalidSecrets>); 10] = [
            (
                &[OLD, "@Microsoft.KeyVault(VaultName=v;SecretName=s)"],
                Some(Reference),
            ),
            (
                &["@microsoft.appconfiguration(Endpoint=x;Key=y)"],
                Some(Reference),
            ),
            (&["@Microsoft.Another"], Some(Reference)),
            (
                &["[\"0123456789abcdef0123456789abcdef\"]"],
                Some(Characters),
            ),
            (&["\"0123456789abcdef0123456789abcdef\""], Some(Characters)),
            (&["'0123456789abcdef0123456789abcdef'"], Some(Characters)),
            (&["%0123456789abcdef0123456789abcdef%"], Some(Characters)),
            (&["${0123456789abcdef0123456789abcdef}"], Some(Characters)),
            (&["$(0123456789abcdef0123456789abcdef)"], Some(Characters)),
            (&["+/=-_.~!@#$^&*|:;?0123456789abcdef"], None),
        ];
        for (secrets, error) in rows {
            let made = FrontEndSecrets::new(secrets.iter().copied());
            assert_eq!(made.err(), error, "{secrets:?}");
        }
    }

    #[test]
    fn one_line_with_one_of_the_secrets_is_a_proof() {
        let secrets = FrontEndSecrets::new([OLD, NEW]).unwrap();
        fn fault(secrets: &FrontEndSecrets, line: HeaderLine<'_>) -> Option<&'static str> {
            secrets.prove(line).fault()
        }
        assert_eq!(fault(&secrets, HeaderLine::Once(OLD.as_bytes())), None);
        assert_eq!(fault(&secrets, HeaderLine::Once(NEW.as_bytes())), None);
        assert_eq!(fault(&secrets, HeaderLine::Absent), Some("none"));
        assert_eq!(fault(&secrets, HeaderLine::Repeated(2)), Some("several"));
        let others = [
            String::new(),
            OLD[1..].to_owned(),
            format!("{OLD}0"),
            format!("{OLD},{NEW}"),
            format!("{OLD}, {OLD}"),
            format!(" {OLD}"),
            format!("{OLD} "),
            OLD.to_uppercase(),
            format!("\"{OLD}\""),
            "x".repeat(100_000),
        ];
        for other in others {
            assert_eq!(
                fault(&secrets, HeaderLine::Once(other.as_bytes())),
                Some("another value")
            );
        }
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let secrets = FrontEndSecrets::new([OLD, NEW]).unwrap();
        assert_eq!(format!("{secrets:?}"), "FrontEndSecrets(2)");
        let proof = secrets.prove(HeaderLine::Once(OLD.as_bytes()));
        assert!(!format!("{proof:?}").contains("0123"));
    }
}
