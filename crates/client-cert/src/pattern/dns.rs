//! Patterns of DNS names.

use std::fmt;
use std::str::FromStr;

use crate::syntax_error::SyntaxError;
use crate::x509::DnsName;

/// A DNS name, or all names of one whole label more: `billing.partner.example`, `*.partner.example`.
///
/// Compared without the case of ASCII letters. The wildcard stands for exactly one whole left-most label; a wildcard *in a
/// certificate* is no name of anybody and matches no pattern. Internationalized names are A-labels (`xn--…`) on both sides:
/// nothing is converted. An IP address is never a match.
///
/// ```
/// let pattern: client_cert::DnsPattern = "*.partner.example".parse()?;
/// assert!(pattern.matches("Billing.Partner.Example"));
/// assert!(!pattern.matches("a.b.partner.example"));
/// # Ok::<(), client_cert::SyntaxError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DnsPattern {
    wildcard: bool,
    name: DnsName,
}

impl DnsPattern {
    /// Whether a `dNSName` of a certificate fits.
    pub fn matches(&self, name: &str) -> bool {
        Self::matching(name).any(|pattern| pattern == *self)
    }

    /// Every pattern that a `dNSName` of a certificate fits: so many patterns are looked up at the cost of two.
    pub fn matching(name: &str) -> impl Iterator<Item = Self> {
        let name = name.parse::<DnsName>().ok();
        let parent = name.as_ref().and_then(DnsName::parent);
        [(false, name), (true, parent)]
            .into_iter()
            .filter_map(|(wildcard, name)| name.map(|name| Self { wildcard, name }))
    }
}

impl fmt::Display for DnsPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wildcard = if self.wildcard { "*." } else { "" };
        write!(f, "{wildcard}{}", self.name)
    }
}

impl FromStr for DnsPattern {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (before, name) = match text.strip_prefix("*.") {
            Some(parent) => ("*.", parent),
            None => ("", text),
        };
        if name.contains('*') {
            return Err(SyntaxError::new(
                "a wildcard only as the whole left-most label of a DNS name, as in *.partner.example",
                "one elsewhere",
            ));
        }
        let name = name
            .parse()
            .map_err(|error: SyntaxError| error.behind(before))?;
        Ok(Self {
            wildcard: !before.is_empty(),
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_a_name_or_one_whole_label_more() {
        for (pattern, name, expected) in [
            ("a.example", "a.example", true),
            ("A.example", "a.EXAMPLE", true),
            ("a.example", "b.a.example", false),
            ("a.example", "a.example.", false),
            ("a.example", "*.example", false),
            ("a.example", "a.example\0", false),
            ("a.example", "", false),
            ("*.example", "a.example", true),
            ("*.Example", "A.eXample", true),
            ("*.example", "example", false),
            ("*.example", ".example", false),
            ("*.example", "a.b.example", false),
            ("*.example", "*.example", false),
            ("*.example", "a.notexample", false),
            ("*.example", "a b.example", false),
            ("*.b.example", "a.b.example", true),
            ("xn--mller-kva.example", "xn--mller-kva.example", true),
            ("xn--mller-kva.example", "m\u{fc}ller.example", false),
            ("*.0.0.1.example", "10.0.0.1", false),
        ] {
            let parsed: DnsPattern = pattern.parse().unwrap();
            assert_eq!(parsed.matches(name), expected, "{pattern} {name:?}");
            assert_eq!(parsed.to_string(), pattern.to_lowercase());
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for text in [
            "",
            "*",
            "*.",
            "**.a",
            "*a.example",
            "a*.example",
            "a.*.example",
            "*.*.example",
            "10.0.0.1",
            "*.0.0.1",
            "::1",
            "a.example.",
            ".example",
            "m\u{fc}ller.example",
            "a example",
            "https://a.example",
            "a.example:443",
        ] {
            assert!(text.parse::<DnsPattern>().is_err(), "{text:?}");
        }
        let error = "*.m\u{fc}ller.example".parse::<DnsPattern>().unwrap_err();
        assert_eq!(error.position(), Some(4), "{error}");
    }
}
