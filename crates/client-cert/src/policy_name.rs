//! Names that a policy gives: of callers, roles and trust domains.

use std::fmt;
use std::str::FromStr;

/// The longest name that a policy gives, in bytes: enough for a host name's label (RFC 1035, section 2.3.4), and short in
/// every line of the log.
pub const MAX_NAME_BYTES: usize = 64;

/// Defines a name type. The types differ so that a role cannot be taken for a caller; the grammar is one.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        $(
            $(#[$doc])*
            ///
            /// Letters, digits, `.`, `_` and `-` of ASCII, 1 to [`MAX_NAME_BYTES`] of them, so that it can be put into a
            /// header and into a line of the log as it is.
            #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
            pub struct $name(String);

            impl $name {
                /// The name as text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl FromStr for $name {
                type Err = PolicyNameError;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    match is_name(text) {
                        true => Ok(Self(text.to_owned())),
                        false => Err(PolicyNameError),
                    }
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )*
    };
}

names! {
    /// The name of a caller.
    ///
    /// ```
    /// use client_cert::CallerName;
    ///
    /// assert!("billing.partner-7".parse::<CallerName>().is_ok());
    /// assert!("two words".parse::<CallerName>().is_err());
    /// ```
    CallerName,
    /// The name of a role: what a caller may do, as functions require it.
    RoleName,
    /// The name of a trust domain.
    DomainName,
}

fn is_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(allowed)
}

/// A text that cannot be a name in a policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PolicyNameError;

impl fmt::Display for PolicyNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected 1 to {MAX_NAME_BYTES} of the characters A-Z, a-z, 0-9, '.', '_' and '-'"
        )
    }
}

impl std::error::Error for PolicyNameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_into_a_header_as_it_is() {
        let longest = "a".repeat(MAX_NAME_BYTES);
        let too_long = "a".repeat(MAX_NAME_BYTES + 1);
        for (text, taken) in [
            ("billing", true),
            ("Billing.eu-1_b", true),
            ("billing@partner.example", false),
            ("~!", false),
            (longest.as_str(), true),
            (too_long.as_str(), false),
            ("", false),
            ("two words", false),
            ("line\n", false),
            ("m\u{fc}ller", false),
        ] {
            assert_eq!(text.parse::<CallerName>().is_ok(), taken, "{text:?}");
            assert_eq!(text.parse::<RoleName>().is_ok(), taken, "{text:?}");
            assert_eq!(text.parse::<DomainName>().is_ok(), taken, "{text:?}");
        }
    }
}
