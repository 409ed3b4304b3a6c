//! DNS names, as certificates and rules write them.

use std::fmt;
use std::str::FromStr;

use crate::syntax_error::SyntaxError;

/// A DNS name in lower case: labels of ASCII letters, digits, `-` and `_`.
///
/// Internationalized names are A-labels (`xn--…`) here as in certificates (RFC 5280, section 7.2). A name whose last label
/// is a number is an IPv4 address to many readers, and is no DNS name. There is no dot at the end, and no wildcard.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct DnsName(String);

/// RFC 1035, section 3.1: 255 octets on the wire are 253 characters.
const MAX_NAME_BYTES: usize = 253;

/// RFC 1035, section 3.1.
const MAX_LABEL_BYTES: usize = 63;

impl DnsName {
    /// Whether it is the base or has further labels to the left of it.
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self == base || self.is_below(base)
    }

    /// Whether it has further labels to the left of the base.
    pub(crate) fn is_below(&self, base: &Self) -> bool {
        let above = self.0.strip_suffix(&base.0);
        above.is_some_and(|labels| labels.ends_with('.'))
    }

    /// The name without its left-most label, if that leaves one.
    pub(crate) fn parent(&self) -> Option<Self> {
        let (_, parent) = self.0.split_once('.')?;
        Some(Self(parent.to_owned()))
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DnsName {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_NAME_BYTES {
            let found = format!("{} bytes", text.len());
            return Err(SyntaxError::new("a DNS name of at most 253 bytes", found));
        }
        let mut offset = 0;
        for label in text.split('.') {
            check_label(text, offset, label)?;
            offset = offset.saturating_add(label.len()).saturating_add(1);
        }
        let last = text.rsplit('.').next().unwrap_or(text);
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SyntaxError::new(
                "a DNS name, whose last label is no number",
                "a number there, as in an IP address",
            ));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

fn check_label(text: &str, offset: usize, label: &str) -> Result<(), SyntaxError> {
    const CHARACTER: &str = "an ASCII letter, a digit, '-' or '_' in a label of a DNS name (an internationalized label \
                             is written as its A-label, xn--…)";
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if let Some(fault) = label.find(|c| !part(c)) {
        return Err(SyntaxError::at(
            CHARACTER,
            text,
            offset.saturating_add(fault),
        ));
    }
    if label.is_empty() {
        return Err(SyntaxError::at("a label of a DNS name", text, offset));
    }
    if label.len() > MAX_LABEL_BYTES {
        let found = format!("{} bytes", label.len());
        return Err(SyntaxError::new(
            "labels of at most 63 bytes in a DNS name",
            found,
        ));
    }
    match label.starts_with('-') || label.ends_with('-') {
        true => Err(SyntaxError::new(
            "labels of a DNS name that neither begin nor end with a hyphen",
            "one that does",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_labels_with_dots_between_them() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "b".repeat(61));
        for text in [
            "a",
            "a.b",
            "A.Example.COM",
            "xn--mller-kva.example",
            "_x.a-b.c1",
            "1.a",
            &longest,
        ] {
            assert_eq!(
                text.parse::<DnsName>().unwrap().to_string(),
                text.to_lowercase()
            );
        }
        let too_long = format!("{longest}b");
        let long_label = format!("{label}a");
        for text in [
            "",
            ".",
            "a.",
            ".a",
            "a..b",
            "*",
            "*.a",
            "a b",
            " a",
            "a:1",
            "a/b",
            "m\u{fc}ller.example",
            "-a",
            "a-.b",
            "1",
            "10.0.0.1",
            "a.1",
            "::1",
            "a\0",
            &too_long,
            &long_label,
        ] {
            assert!(text.parse::<DnsName>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_error_names_the_place() {
        let error = "a.m\u{fc}ller.b".parse::<DnsName>().unwrap_err();
        assert_eq!(error.position(), Some(4), "{error}");
        let error = "a..b".parse::<DnsName>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a label of a DNS name, found '.' at character 3"
        );
    }

    #[test]
    fn a_name_is_within_its_base_by_whole_labels() {
        let name = |text: &str| text.parse::<DnsName>().unwrap();
        for (text, base, within, below) in [
            ("example.com", "EXAMPLE.com", true, false),
            ("a.b.example.com", "example.com", true, true),
            ("notexample.com", "example.com", false, false),
            ("com", "example.com", false, false),
        ] {
            assert_eq!(name(text).is_within(&name(base)), within, "{text} {base}");
            assert_eq!(name(text).is_below(&name(base)), below, "{text} {base}");
        }
    }
}
