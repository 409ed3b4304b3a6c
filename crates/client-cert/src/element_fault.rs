//! What an element of `X-Forwarded-Client-Cert` is refused for.

use std::fmt;

/// What is wrong with an element of `X-Forwarded-Client-Cert`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ElementFault {
    /// Blanks, control characters or bytes outside ASCII.
    Characters,
    /// A part between semicolons that is not a key with a value.
    Pair,
    /// A key that is not `Hash`, `Cert` or `Chain`.
    Key,
    /// A key twice, or before one that precedes it.
    Order,
    /// `Hash` is not 64 lower-case hexadecimal digits.
    Hash,
    /// `Cert` or `Chain` is not percent-encoded text between double quotes.
    Quotes,
    /// No `Cert`.
    NoCert,
    /// `Cert` is not one certificate in percent-encoded PEM, exactly as Envoy writes it.
    CertEncoding,
}

impl fmt::Display for ElementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Characters => "blanks, control characters or bytes outside ASCII",
            Self::Pair => "a part without key and value",
            Self::Key => "a key that is not Hash, Cert or Chain",
            Self::Order => "a key twice or out of order",
            Self::Hash => "a Hash that is not 64 lower-case hexadecimal digits",
            Self::Quotes => "a Cert or Chain that is not percent-encoded text in double quotes",
            Self::NoCert => "no Cert",
            Self::CertEncoding => "a Cert that is not one certificate in percent-encoded PEM",
        })
    }
}
