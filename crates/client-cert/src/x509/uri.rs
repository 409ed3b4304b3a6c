//! URIs (RFC 3986), as far as certificates and rules compare them.

use crate::syntax_error::SyntaxError;

/// A URI in its parts. Nothing is decoded and nothing is normalized.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Uri<'a> {
    pub(crate) scheme: &'a str,
    /// What follows `//`, if that does.
    pub(crate) authority: Option<&'a str>,
    /// Path, query and fragment.
    pub(crate) rest: &'a str,
}

impl<'a> Uri<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, SyntaxError> {
        check_characters(text)?;
        let end = text
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'))
            .unwrap_or(text.len());
        let (scheme, rest) = text.split_at(end);
        let begins = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
        let Some(rest) = rest.strip_prefix(':').filter(|_| begins) else {
            const SCHEME: &str = "a URI that begins with a scheme and a colon, such as spiffe:";
            return Err(SyntaxError::at(SCHEME, text, if begins { end } else { 0 }));
        };
        let (authority, rest) = match rest.strip_prefix("//") {
            None => (None, rest),
            Some(hierarchy) => {
                let end = hierarchy.find(['/', '?', '#']).unwrap_or(hierarchy.len());
                let (authority, rest) = hierarchy.split_at(end);
                (Some(authority), rest)
            }
        };
        Ok(Self {
            scheme,
            authority,
            rest,
        })
    }

    /// The host of its authority, without user information and port.
    pub(crate) fn host(&self) -> Option<&'a str> {
        let authority = self.authority?;
        let (_, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        match place.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(host),
            _ => Some(place),
        }
    }

    /// Whether its path has a segment `.` or `..`, encoded or not: other readers leave such segments out.
    pub(crate) fn has_dot_segment(&self) -> bool {
        let path = self.rest.split(['?', '#']).next().unwrap_or_default();
        path.split('/').any(is_dot_segment)
    }
}

fn is_dot_segment(segment: &str) -> bool {
    let decoded = segment.replace("%2e", ".").replace("%2E", ".");
    matches!(decoded.as_str(), "." | "..")
}

/// RFC 3986, section 2: reserved and unreserved characters, and `%` with two hexadecimal digits.
fn check_characters(text: &str) -> Result<(), SyntaxError> {
    const CHARACTER: &str = "a character that a URI may have (others are percent-encoded, as % and two hexadecimal digits)";
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    if let Some(fault) = text.find(|c| !allowed(c)) {
        return Err(SyntaxError::at(CHARACTER, text, fault));
    }
    for (at, _) in text.match_indices('%') {
        let digits = text.get(at.saturating_add(1)..at.saturating_add(3));
        if !digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())) {
            return Err(SyntaxError::at(CHARACTER, text, at));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_taken_apart_and_not_changed() {
        for (text, scheme, authority, host, rest) in [
            (
                "spiffe://partner.example/robots/7",
                "spiffe",
                Some("partner.example"),
                Some("partner.example"),
                "/robots/7",
            ),
            (
                "HTTPS://u:p@Host:8443?q#f",
                "HTTPS",
                Some("u:p@Host:8443"),
                Some("Host"),
                "?q#f",
            ),
            ("urn:uuid:0", "urn", None, None, "uuid:0"),
            ("x://[::1]:1/", "x", Some("[::1]:1"), Some("[::1]"), "/"),
            ("x://[::1]/", "x", Some("[::1]"), Some("[::1]"), "/"),
            ("x:", "x", None, None, ""),
            ("x:///a", "x", Some(""), Some(""), "/a"),
        ] {
            let uri = Uri::parse(text).unwrap();
            assert_eq!(
                uri,
                Uri {
                    scheme,
                    authority,
                    rest
                },
                "{text}"
            );
            assert_eq!(uri.host(), host, "{text}");
        }
    }

    #[test]
    fn what_is_no_uri_is_refused_with_the_place() {
        for (text, position) in [
            ("", 1),
            ("partner.example/robots", 16),
            ("/robots", 1),
            ("1x://a", 1),
            ("x://a b", 6),
            ("x://a/%2", 7),
            ("x://a/%zz", 7),
            ("x://m\u{fc}ller", 6),
            ("x://a\\b", 6),
        ] {
            let error = Uri::parse(text).unwrap_err();
            assert_eq!(error.position(), Some(position), "{text}: {error}");
        }
    }

    #[test]
    fn dot_segments_are_seen_through_their_encoding() {
        for (text, found) in [
            ("x://a/b/../c", true),
            ("x://a/.", true),
            ("x://a/%2e%2E/c", true),
            ("x://a/.%2e", true),
            ("x://a/...", false),
            ("x://a/b?/../", false),
        ] {
            assert_eq!(Uri::parse(text).unwrap().has_dot_segment(), found, "{text}");
        }
    }
}
