//! Where a revocation list is fetched.

use std::fmt;
use std::str::FromStr;

/// The longest URL, in characters: what servers take at least (RFC 9110, section 4.1).
const MAX_CHARACTERS: usize = 8_000;

/// The `http` or `https` URL of a revocation list, as a document has it.
///
/// Lists are signed, and `http` is what authorities serve (RFC 5280, section 8): whoever changes one on its way has a list that
/// nobody signed, and one that is replayed is found out by its age. Its query may be a secret, so that neither `Display` nor
/// `Debug` shows it.
///
/// ```
/// let url: policy_source::ListUrl = "http://crl.partner.example/sub.crl?sig=secret".parse().unwrap();
/// assert_eq!(url.to_string(), "http://crl.partner.example/sub.crl");
/// ```
#[derive(Clone, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ListUrl(String);

impl ListUrl {
    /// The whole URL, for the request and for whoever writes the document. It does not belong in a message.
    pub fn exposed(&self) -> &str {
        &self.0
    }
}

impl FromStr for ListUrl {
    type Err = InvalidListUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(("http" | "https", rest)) = text.split_once("://") else {
            return Err(InvalidListUrl::Scheme);
        };
        let authority = rest
            .split_once(['/', '?', '#'])
            .map_or(rest, |(authority, _)| authority);
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'#';
        if authority.is_empty() || authority.starts_with(':') {
            Err(InvalidListUrl::Host)
        } else if authority.contains('@') {
            Err(InvalidListUrl::Credentials)
        } else if !text.bytes().all(is_plain) || authority.contains('\\') {
            Err(InvalidListUrl::Character)
        } else if text.len() > MAX_CHARACTERS {
            Err(InvalidListUrl::TooLong { found: text.len() })
        } else {
            Ok(Self(text.to_owned()))
        }
    }
}

impl fmt::Display for ListUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.split_once('?').map_or(&*self.0, |(shown, _)| shown);
        f.write_str(shown)
    }
}

impl fmt::Debug for ListUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListUrl({self})")
    }
}

/// Why a text is not the URL of a revocation list. The text says what was found, and repeats nothing of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidListUrl {
    /// It has a blank, a fragment or a character beyond ASCII.
    Character,
    /// A user's name is before the host.
    Credentials,
    /// There is no host.
    Host,
    /// The scheme is neither http nor https.
    Scheme,
    /// It has more than 8,000 characters.
    TooLong {
        /// Characters.
        found: usize,
    },
}

impl fmt::Display for InvalidListUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character => {
                f.write_str("a URL with a blank, a fragment or a character beyond ASCII")
            }
            Self::Credentials => {
                f.write_str("a URL with a user's name; a secret does not belong in the document")
            }
            Self::Host => f.write_str("a URL without a host"),
            Self::Scheme => f.write_str("a URL of another scheme"),
            Self::TooLong { found } => write!(f, "a URL of {found} characters"),
        }
    }
}

impl std::error::Error for InvalidListUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_a_url_contains_its_query() {
        for text in [
            "https://a.example/a.crl?sig=hunter2",
            "http://a.example?hunter2",
        ] {
            let url: ListUrl = text.parse().unwrap();
            let shown = format!("{url} {url:?}");
            assert!(
                !shown.contains("hunter2") && !shown.contains('?'),
                "{shown}"
            );
            assert_eq!(url.exposed(), text);
        }
    }
}
