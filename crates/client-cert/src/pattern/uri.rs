//! Patterns of URIs.

use std::fmt;
use std::str::FromStr;

use crate::syntax_error::SyntaxError;
use crate::x509::Uri;

/// A URI, or all URIs below one: `spiffe://partner.example/billing`, `spiffe://partner.example/robots/*` for one whole
/// segment more, `spiffe://partner.example/robots/**` for one or more segments more.
///
/// Scheme and authority are compared without the case of ASCII letters, everything after them exactly, percent-encoding
/// included: nothing is decoded, nothing is normalized. What a wildcard stands for has no empty segment, no dot segment, no query
/// and no fragment, and no percent-encoded `/`, `\` or `.`, which another reader could take for one. A URI of more than
/// 2048 bytes never matches (the limit of SPIFFE-ID, section 2.3).
///
/// ```
/// let pattern: client_cert::UriPattern = "spiffe://partner.example/robots/*".parse()?;
/// assert!(pattern.matches("spiffe://Partner.Example/robots/7"));
/// assert!(!pattern.matches("spiffe://partner.example/robots/7/arm"));
/// # Ok::<(), client_cert::SyntaxError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UriPattern {
    /// In lower case.
    scheme: String,
    /// In lower case.
    authority: Option<String>,
    /// What follows, without the wildcard and the slash before it.
    rest: String,
    scope: Scope,
}

/// What may follow.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
enum Scope {
    Nothing,
    Segment,
    Subtree,
}

/// SPIFFE-ID, section 2.3.
const MAX_URI_BYTES: usize = 2048;

impl UriPattern {
    /// Whether a `uniformResourceIdentifier` of a certificate fits.
    pub fn matches(&self, uri: &str) -> bool {
        let Some(uri) = parse(uri) else {
            return false;
        };
        let same = |ours: &str, theirs: &str| ours.eq_ignore_ascii_case(theirs);
        let same_authority = match (&self.authority, uri.authority) {
            (Some(ours), Some(theirs)) => same(ours, theirs),
            (ours, theirs) => ours.is_none() && theirs.is_none(),
        };
        if !same(&self.scheme, uri.scheme) || !same_authority {
            return false;
        }
        let below = uri.rest.strip_prefix(&self.rest);
        let below = below.and_then(|more| more.strip_prefix('/'));
        match self.scope {
            Scope::Nothing => uri.rest == self.rest,
            Scope::Segment => below.is_some_and(is_plain),
            Scope::Subtree => below.is_some_and(|more| more.split('/').all(is_plain)),
        }
    }

    /// Every pattern that a `uniformResourceIdentifier` of a certificate fits: so many patterns are looked up at the cost of
    /// as many as the URI has segments.
    pub fn matching(uri: &str) -> Vec<Self> {
        let Some(uri) = parse(uri) else {
            return Vec::new();
        };
        let pattern = |rest: &str, scope| Self {
            scheme: uri.scheme.to_ascii_lowercase(),
            authority: uri.authority.map(str::to_ascii_lowercase),
            rest: rest.to_owned(),
            scope,
        };
        let mut patterns = vec![pattern(uri.rest, Scope::Nothing)];
        let mut base = uri.rest;
        while let Some((parent, segment)) =
            base.rsplit_once('/').filter(|_| uri.authority.is_some())
        {
            if !is_plain(segment) {
                break;
            }
            if base == uri.rest {
                patterns.push(pattern(parent, Scope::Segment));
            }
            patterns.push(pattern(parent, Scope::Subtree));
            base = parent;
        }
        patterns
    }
}

/// A URI that a pattern could match.
fn parse(uri: &str) -> Option<Uri<'_>> {
    let parsed = Uri::parse(uri).ok()?;
    (uri.len() <= MAX_URI_BYTES && !parsed.has_dot_segment()).then_some(parsed)
}

/// Whether every reader takes this for one segment with a name.
fn is_plain(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    let encoded = ["%2e", "%2f", "%5c"];
    !segment.is_empty()
        && !segment.contains(['/', '?', '#'])
        && !matches!(segment, "." | "..")
        && !encoded.iter().any(|separator| lower.contains(separator))
}

impl fmt::Display for UriPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.scheme)?;
        if let Some(authority) = &self.authority {
            write!(f, "//{authority}")?;
        }
        f.write_str(&self.rest)?;
        f.write_str(match self.scope {
            Scope::Nothing => "",
            Scope::Segment => "/*",
            Scope::Subtree => "/**",
        })
    }
}

impl FromStr for UriPattern {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (base, scope) = match (text.strip_suffix("/**"), text.strip_suffix("/*")) {
            (Some(base), _) => (base, Scope::Subtree),
            (None, Some(base)) => (base, Scope::Segment),
            (None, None) => (text, Scope::Nothing),
        };
        let uri = Uri::parse(base)?;
        check(text, base, &uri, scope)?;
        Ok(Self {
            scheme: uri.scheme.to_ascii_lowercase(),
            authority: uri.authority.map(str::to_ascii_lowercase),
            rest: uri.rest.to_owned(),
            scope,
        })
    }
}

/// What a pattern must be beyond a URI.
fn check(text: &str, base: &str, uri: &Uri<'_>, scope: Scope) -> Result<(), SyntaxError> {
    let refuse = |expected, found| Err(SyntaxError::new(expected, found));
    let authority = uri.authority.unwrap_or_default();
    if text.len() > MAX_URI_BYTES {
        let found = format!("{} bytes", text.len());
        Err(SyntaxError::new("a URI of at most 2048 bytes", found))
    } else if base.contains('*') {
        refuse(
            "a wildcard only at the end of a URI, as /* or /**",
            "one elsewhere",
        )
    } else if authority.contains('@') {
        refuse("a URI without a user name", "an '@' in its authority")
    } else if uri.has_dot_segment() {
        refuse("a URI without the segments . and ..", "one of them")
    } else if scope == Scope::Nothing {
        Ok(())
    } else if authority.is_empty() {
        refuse(
            "a URI with a host before a wildcard, as in spiffe://partner.example/*",
            "none",
        )
    } else if uri.rest.contains(['?', '#']) {
        refuse(
            "a wildcard at the end of a URI's path",
            "a query or a fragment",
        )
    } else if uri.rest.split('/').skip(1).any(str::is_empty) {
        refuse("a URI without empty segments before a wildcard", "one")
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_a_uri_or_what_lies_below_it() {
        let long = format!("spiffe://a/r/{}", "x".repeat(2048));
        for (pattern, uri, expected) in [
            ("spiffe://a/r", "spiffe://a/r", true),
            ("spiffe://A.x/r", "SPIFFE://a.X/r", true),
            ("spiffe://a/r", "spiffe://a/R", false),
            ("spiffe://a/r", "https://a/r", false),
            ("spiffe://a/r", "spiffe://b/r", false),
            ("spiffe://a/r", "spiffe:/r", false),
            ("spiffe:/r", "spiffe://a/r", false),
            ("spiffe://a/r", "spiffe://a/r/", false),
            ("spiffe://a/r", "spiffe://a/%72", false),
            ("spiffe://a/%41", "spiffe://a/%41", true),
            ("spiffe://a/%2f", "spiffe://a/%2F", false),
            ("https://a", "https://a/", false),
            ("https://a:1/", "https://a/", false),
            ("https://a/", "https://u@a/", false),
            ("https://a/?q", "https://a/?q", true),
            ("urn:uuid:0a", "URN:uuid:0a", true),
            ("urn:uuid:0a", "urn:uuid:0A", false),
            ("urn://x/y", "urn:x/y", false),
            ("spiffe://a/r/*", "spiffe://a/r/7", true),
            ("spiffe://a/r/*", "spiffe://a/r/", false),
            ("spiffe://a/r/*", "spiffe://a/r", false),
            ("spiffe://a/r/*", "spiffe://a/r/7/8", false),
            ("spiffe://a/r/*", "spiffe://a/r/..", false),
            ("spiffe://a/r/*", "spiffe://a/r/%2e%2E", false),
            ("spiffe://a/r/*", "spiffe://a/r/x%2Fy", false),
            ("spiffe://a/r/*", "spiffe://a/r/x%5cy", false),
            ("spiffe://a/r/*", "spiffe://a/r/x%20y", true),
            ("spiffe://a/r/*", "spiffe://a/r/7?q", false),
            ("spiffe://a/r/*", "spiffe://a/r/7#f", false),
            ("spiffe://a/r/*", "spiffe://a.x/r/7", false),
            ("spiffe://a/*", "spiffe://a/r", true),
            ("spiffe://a/*", "spiffe://a", false),
            ("spiffe://a/r/**", "spiffe://a/r/7", true),
            ("spiffe://a/r/**", "spiffe://a/r/7/8/9", true),
            ("spiffe://a/r/**", "spiffe://a/r", false),
            ("spiffe://a/r/**", "spiffe://a/r/7//8", false),
            ("spiffe://a/r/**", "spiffe://a/r/7/", false),
            ("spiffe://a/r/**", "spiffe://a/r/../s", false),
            ("spiffe://a/**", "spiffe://a/r/7", true),
            ("spiffe://a/**", "spiffe://b/r/7", false),
            ("spiffe://a/r/*", &long, false),
            ("spiffe://a/r/*", "spiffe://a/r/x\u{fc}", false),
            ("spiffe://a/r/*", "", false),
        ] {
            let parsed: UriPattern = pattern.parse().unwrap();
            assert_eq!(parsed.matches(uri), expected, "{pattern} {uri:?}");
            let looked_up = UriPattern::matching(uri).contains(&parsed);
            assert_eq!(looked_up, expected, "look-up: {pattern} {uri:?}");
            assert_eq!(parsed.to_string().parse(), Ok(parsed));
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        let list = "* ** partner.example/robots spiffe://*/r spiffe://*.a/r spiffe://a/*/r spiffe://a/r* spiffe://a/r** \
                    spiffe://a/r/*** spiffe://a/./r spiffe://a/../r spiffe://a/%2e%2e/r spiffe://u@a/r urn:x/* x:///* \
                    https://a/?q/* spiffe://a//r/* spiffe://a//* spiffe://a/%2";
        let of_length = |length: usize| format!("x://a/{}", "x".repeat(length - 6));
        let long = of_length(2049);
        assert!(of_length(2048).parse::<UriPattern>().is_ok());
        for text in list.split(' ').chain(["", "spiffe://a/r s", &long]) {
            assert!(text.parse::<UriPattern>().is_err(), "{text:?}");
        }
    }
}
