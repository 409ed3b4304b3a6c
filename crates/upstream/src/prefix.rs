//! A path prefix that the upstream does not know.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use http::uri::{PathAndQuery, Uri};

/// A path prefix that is taken off at the end of a segment, as `/api`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Prefix {
    text: String,
    value: HeaderValue,
}

/// The text is no path prefix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidPrefix;

impl FromStr for Prefix {
    type Err = InvalidPrefix;

    /// Segments that each begin with `/`, of unreserved characters (RFC 3986, section 2.3) and none of them empty, `.` or `..`:
    /// what every server on the way reads alike.
    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let segments = text.strip_prefix('/').ok_or(InvalidPrefix)?.split('/');
        let is_unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        for segment in segments {
            if matches!(segment, "" | "." | "..") || !segment.bytes().all(is_unreserved) {
                return Err(InvalidPrefix);
            }
        }
        Ok(Self {
            text: text.to_owned(),
            value: HeaderValue::from_str(text).map_err(|_| InvalidPrefix)?,
        })
    }
}

impl Prefix {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn value(&self) -> &HeaderValue {
        &self.value
    }

    /// A target without the prefix; `None` if its path does not begin with it.
    ///
    /// Letters count without case, as the Functions host matches routes. Every byte after the prefix stays as it is.
    pub(crate) fn strip(&self, target: &PathAndQuery) -> Option<PathAndQuery> {
        let text = target.as_str();
        let (start, rest) = text.split_at_checked(self.text.len())?;
        if !start.eq_ignore_ascii_case(&self.text) {
            return None;
        }
        match rest.bytes().next() {
            Some(b'/') => rest.parse().ok(),
            None | Some(b'?') => format!("/{rest}").parse().ok(),
            Some(_) => None,
        }
    }
}

/// The target of a request in origin form, or `*` (RFC 9112, section 3.2), as it came and without the prefix if it has it. True if
/// the prefix was taken off.
pub(crate) fn target(uri: &Uri, prefix: Option<&Prefix>) -> (PathAndQuery, bool) {
    let whole = uri.path_and_query().cloned();
    let whole = whole.unwrap_or(PathAndQuery::from_static("/"));
    match prefix.and_then(|prefix| prefix.strip(&whole)) {
        Some(rest) => (rest, true),
        None => (whole, false),
    }
}

impl fmt::Display for InvalidPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected segments of letters, digits, \"-\", \".\", \"_\" and \"~\" that each begin with a slash, as /api",
        )
    }
}

impl Error for InvalidPrefix {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_what_every_server_reads_alike() {
        for text in ["/api", "/a/b", "/v1.0", "/~me", "/..."] {
            assert!(text.parse::<Prefix>().is_ok(), "{text}");
        }
        for text in [
            "", "/", "api", "/api/", "//api", "/a//b", "/.", "/a/..", "/a?b", "/a#b", "/%61",
            "/a b", "/\u{e4}", "/a\\b",
        ] {
            assert!(text.parse::<Prefix>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_prefix_ends_where_a_segment_ends() {
        let table = [
            ("/api/x?q=1", Some("/x?q=1")),
            ("/API/x", Some("/x")),
            ("/api", Some("/")),
            ("/api?q=/api", Some("/?q=/api")),
            ("/api/", Some("/")),
            ("/api//x/%2e%2E/../\u{e4}", Some("//x/%2e%2E/../\u{e4}")),
            ("/apix", None),
            ("/api%2Fx", None),
            ("/%61pi/x", None),
            ("/x/api", None),
            ("/ap", None),
            ("/", None),
            ("*", None),
            ("/ap\u{e4}", None),
        ];
        let prefix: Prefix = "/api".parse().unwrap();
        for (text, stripped) in table {
            let uri = Uri::from(text.parse::<PathAndQuery>().unwrap());
            let (target, is_stripped) = target(&uri, Some(&prefix));
            assert_eq!(target.as_str(), stripped.unwrap_or(text), "{text}");
            assert_eq!(is_stripped, stripped.is_some(), "{text}");
        }
    }
}
