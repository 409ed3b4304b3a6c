//! What a rule compares in a certificate, beside digests.

use std::net::IpAddr;

use client_cert::is_invisible;

use crate::document::text::TextKind;

/// The longest text that a rule compares, in characters. No name of RFC 5280, appendix A.1, is longer; a URI can be.
const MAX_CHARACTERS: usize = 1_024;

/// A text that can be compared with a name: not empty, without blanks at its ends, and without what nobody sees.
fn plain(text: &str) -> Result<String, Option<String>> {
    let length = text.chars().count();
    if text.is_empty() {
        Err(Some("an empty text".to_owned()))
    } else if length > MAX_CHARACTERS {
        Err(Some(format!("a text of {length} characters")))
    } else if text.trim() != text {
        Err(Some("a blank at its beginning or end".to_owned()))
    } else if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        Err(Some(format!(
            "the invisible character {}",
            c.escape_unicode()
        )))
    } else {
        Ok(text.to_owned())
    }
}

/// The pattern of [`plain`] texts, as far as a regular expression says it.
macro_rules! plain_kind {
    ($($(#[$doc:meta])* $kind:ident: $expected:literal, [$($example:literal),*];)*) => {
        $(
            $(#[$doc])*
            pub enum $kind {}

            impl TextKind for $kind {
                type Value = String;
                const EXPECTED: &'static str = $expected;
                const PATTERN: &'static str = r"^(?!\s)(?!.*\s$)[^\u0000-\u001F]{1,1024}$";
                const EXAMPLES: &'static [&'static str] = &[$($example),*];

                fn read(text: &str) -> Result<Self::Value, Option<String>> {
                    plain(text)
                }
            }
        )*
    };
}

plain_kind! {
    /// A common name.
    CommonName: "a common name of 1 to 1024 characters", ["billing.partner.example", "Heron, Ltd."];
    /// A subject (RFC 4514).
    Subject: "a subject as RFC 4514 writes it", ["CN=billing,O=Heron\\, Ltd.,C=NL"];
    /// A DNS name or a pattern for some.
    Dns: "a DNS name, or *. and a DNS name", ["billing.partner.example", "*.partner.example"];
    /// A URI or a pattern for some.
    Uri: "a URI, which may end in /* or /**", ["spiffe://partner.example/robots/*"];
    /// A mail address.
    Mail: "a mail address", ["billing@partner.example"];
    /// A user principal name.
    UserPrincipalName: "a user principal name", ["billing@partner.example"];
}

/// An IP address.
pub enum Ip {}

impl TextKind for Ip {
    type Value = IpAddr;
    const EXPECTED: &'static str = "an IPv4 or IPv6 address";
    const PATTERN: &'static str = r"^([0-9]{1,3}(\.[0-9]{1,3}){3}|(?=.*:)[0-9A-Fa-f:]{2,39}|(?=.*:)[0-9A-Fa-f:]{2,30}[0-9]{1,3}(\.[0-9]{1,3}){3})$";
    const EXAMPLES: &'static [&'static str] = &["203.0.113.7", "2001:db8::7"];

    fn read(text: &str) -> Result<Self::Value, Option<String>> {
        text.parse().map_err(|_| None)
    }
}

/// The longest object identifier, in characters.
const MAX_OID_CHARACTERS: usize = 128;

/// An object identifier in dotted notation.
pub enum Oid {}

impl TextKind for Oid {
    type Value = String;
    const EXPECTED: &'static str = "an object identifier such as 1.3.6.1.4.1.311.21.7";
    const PATTERN: &'static str = r"^(?=.{3,128}$)[0-2](\.(0|[1-9][0-9]*))+$";
    const EXAMPLES: &'static [&'static str] = &["1.3.6.1.4.1.311.21.7"];

    fn read(text: &str) -> Result<Self::Value, Option<String>> {
        let is_arc = |arc: &str| {
            !arc.is_empty()
                && arc.bytes().all(|byte| byte.is_ascii_digit())
                && (arc == "0" || !arc.starts_with('0'))
        };
        let mut arcs = text.split('.');
        let root = arcs
            .next()
            .is_some_and(|root| matches!(root, "0" | "1" | "2"));
        match root && text.len() <= MAX_OID_CHARACTERS && text.contains('.') && arcs.all(is_arc) {
            true => Ok(text.to_owned()),
            false => Err(None),
        }
    }
}
