//! What a rule compares in a certificate, beside digests.

use std::net::IpAddr;
use std::str::FromStr;

use client_cert::{DnsPattern, MailAddress, Name, SyntaxError, UriPattern, is_invisible};

use crate::document::text::{Mistake, TextKind};

/// Reads what the core reads: its error is a whole sentence.
fn parsed<T: FromStr<Err = SyntaxError>>(text: &str) -> Result<T, Mistake> {
    text.parse()
        .map_err(|error: SyntaxError| Mistake::Sentence(error.to_string()))
}

/// A name that is not empty: the empty one is the subject of every certificate that has alternative names alone.
fn distinguished_name(text: &str) -> Result<Name, Mistake> {
    match text {
        "" => Err(Mistake::Text),
        _ => Name::from_rfc4514(text).map_err(|error| Mistake::Sentence(error.to_string())),
    }
}

/// The longest text that a rule compares, in characters. No name of RFC 5280, appendix A.1, is longer.
const MAX_CHARACTERS: usize = 1_024;

/// A text that can be compared with a name: not empty, without blanks at its ends, and without what nobody sees.
fn plain(text: &str) -> Result<String, Mistake> {
    let length = text.chars().count();
    if text.is_empty() {
        Err(Mistake::Found("an empty text".to_owned()))
    } else if length > MAX_CHARACTERS {
        Err(Mistake::Found(format!("a text of {length} characters")))
    } else if text.trim() != text {
        Err(Mistake::Found("a blank at its beginning or end".to_owned()))
    } else if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        let escaped = c.escape_unicode();
        Err(Mistake::Found(format!("the invisible character {escaped}")))
    } else {
        Ok(text.to_owned())
    }
}

/// The pattern of [`plain`] texts, as far as a regular expression says it.
const PLAIN: &str = r"^(?!\s)(?!.*\s$)[^\u0000-\u001F]{1,1024}$";

/// Declares kinds of text that are read by one function.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident($value:ty, $read:path): $expected:literal, $pattern:expr, [$($example:literal),*];)*) => {
        $(
            $(#[$doc])*
            pub enum $kind {}

            impl TextKind for $kind {
                type Value = $value;
                const EXPECTED: &'static str = $expected;
                const PATTERN: &'static str = $pattern;
                const EXAMPLES: &'static [&'static str] = &[$($example),*];

                fn read(text: &str) -> Result<Self::Value, Mistake> {
                    $read(text)
                }
            }
        )*
    };
}

kinds! {
    /// A common name, or another text that is compared exactly.
    CommonName(String, plain): "a text of 1 to 1024 characters", PLAIN, ["billing.partner.example", "Heron, Ltd."];
    /// A distinguished name (RFC 4514) of one attribute at least.
    Subject(Name, distinguished_name): "a distinguished name as RFC 4514 writes it, such as CN=billing,O=Partner,C=NL",
        "^[A-Za-z0-9][A-Za-z0-9.-]*=", ["CN=billing,O=Heron\\, Ltd.,C=NL"];
    /// A DNS name or a pattern for some.
    Dns(DnsPattern, parsed): "a DNS name, or *. and a DNS name",
        r"^(\*\.)?(?!(.*\.)?[0-9]+$)(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$",
        ["billing.partner.example", "*.partner.example"];
    /// A URI or a pattern for some.
    Uri(UriPattern, parsed): "a URI, which may end in /* or /**",
        r"^(?=.{1,2048}$)[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*$",
        ["spiffe://partner.example/robots/*"];
    /// A mail address.
    Mail(MailAddress, parsed): "a mail address",
        r"^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?!(.*\.)?[0-9]+$)(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$",
        ["billing@partner.example"];
    /// A user principal name.
    UserPrincipalName(client_cert::UserPrincipalName, parsed): "a user principal name",
        r"^(?=.{3,1024}$)\S+@[^\s@]+$",
        ["billing@partner.example"];
    /// An object identifier in dotted notation.
    Oid(client_cert::Oid, parsed): "an object identifier",
        r"^([01]\.([0-9]|[1-3][0-9])|2\.(0|[1-9][0-9]*))(\.(0|[1-9][0-9]*))*$",
        ["1.3.6.1.4.1.311.21.7"];
}

/// An IP address.
pub enum Ip {}

impl TextKind for Ip {
    type Value = IpAddr;
    const EXPECTED: &'static str = "an IPv4 or IPv6 address";
    const PATTERN: &'static str = r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|(?=.*:)[0-9A-Fa-f:]{2,39}|(?=.*:)[0-9A-Fa-f:]{2,30}[0-9]{1,3}(\.[0-9]{1,3}){3})$";
    const EXAMPLES: &'static [&'static str] = &["203.0.113.7", "2001:db8::7"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        text.parse().map_err(|_| Mistake::Text)
    }
}
