//! The URL of a document, whose query is a secret.

use std::fmt;
use std::str::FromStr;

use reqwest::Url;

use super::blob;
use crate::relative_name::RelativeName;

/// The longest URL: what servers take (RFC 9110 section 4.1 recommends 8,000 octets at least).
const MAX_BYTES: usize = 8_000;

/// The https URL of a document. Its query may be a shared access signature, so that neither `Display` nor `Debug` shows it.
///
/// ```
/// let url: policy_source::RemoteUrl = "https://a.blob.core.windows.net/c/policy.json?sv=1&sig=secret".parse().unwrap();
/// assert_eq!(url.to_string(), "https://a.blob.core.windows.net/c/policy.json");
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct RemoteUrl(Url);

impl RemoteUrl {
    /// Whether it is a blob in one of Azure's clouds.
    pub fn is_blob(&self) -> bool {
        self.0.host_str().is_some_and(blob::is_host)
    }

    /// Whether its query is a shared access signature (the parameter `sig`).
    pub fn has_signature(&self) -> bool {
        self.0.query_pairs().any(|(name, _)| name == "sig")
    }

    /// The URL of a file beside the document: of the same origin, in the same folder or below it, with the same query.
    pub(crate) fn beside(&self, name: &RelativeName) -> Self {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop().extend(name.as_str().split('/'));
        }
        Self(url)
    }

    /// The whole URL, for the request alone.
    pub(crate) fn exposed(&self) -> Url {
        self.0.clone()
    }
}

impl FromStr for RemoteUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_BYTES {
            return Err(InvalidUrl::TooLong);
        }
        let url = Url::parse(text).map_err(|_| InvalidUrl::Syntax)?;
        if url.scheme() != "https" {
            return Err(InvalidUrl::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidUrl::Credentials);
        }
        if url.fragment().is_some() {
            return Err(InvalidUrl::Fragment);
        }
        if url.path().ends_with('/') {
            return Err(InvalidUrl::Folder);
        }
        Ok(Self(url))
    }
}

impl fmt::Display for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            self.0.origin().ascii_serialization(),
            self.0.path()
        )
    }
}

impl fmt::Debug for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteUrl({self})")
    }
}

/// Why a text is not the URL of a document. It repeats nothing of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum InvalidUrl {
    /// A user name or a password is before the host.
    Credentials,
    /// It ends with `/`: a folder or a container.
    Folder,
    /// It has a fragment.
    Fragment,
    /// The scheme is not https.
    Scheme,
    /// It is not a URL.
    Syntax,
    /// It has more than 8,000 bytes.
    TooLong,
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Credentials => "expected an https URL, found a user name or password in it; use a managed identity or a shared access signature",
            Self::Folder => "expected the URL of a document, found the URL of a folder; add the name of the document",
            Self::Fragment => "expected an https URL without a fragment, found \"#\"; remove it",
            Self::Scheme => "expected an https URL, found another scheme; use https",
            Self::Syntax => "expected an https URL, found text that is not a URL; correct it",
            Self::TooLong => "expected a URL of at most 8000 bytes, found a longer one; shorten it",
        })
    }
}

impl std::error::Error for InvalidUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_https_and_names_a_document() {
        for (text, expected) in [
            ("https://a.example/policy.json", None),
            ("https://a.example/x/policy.json?sig=s", None),
            ("http://a.example/policy.json", Some(InvalidUrl::Scheme)),
            ("http://127.0.0.1/policy.json", Some(InvalidUrl::Scheme)),
            ("ftp://a.example/policy.json", Some(InvalidUrl::Scheme)),
            (
                "https://u:p@a.example/policy.json",
                Some(InvalidUrl::Credentials),
            ),
            (
                "https://u@a.example/policy.json",
                Some(InvalidUrl::Credentials),
            ),
            (
                "https://a.example/policy.json#x",
                Some(InvalidUrl::Fragment),
            ),
            ("https://a.example/", Some(InvalidUrl::Folder)),
            ("https://a.example", Some(InvalidUrl::Folder)),
            ("https://a.example/c/?sig=s", Some(InvalidUrl::Folder)),
            ("https://", Some(InvalidUrl::Syntax)),
        ] {
            assert_eq!(text.parse::<RemoteUrl>().err(), expected, "{text}");
        }
    }

    #[test]
    fn no_text_of_a_url_contains_its_query() {
        let url: RemoteUrl = "https://a.example:8443/c/policy.json?sv=1&sig=hunter2"
            .parse()
            .unwrap();
        let beside = url.beside(&"trust/root.pem".parse().unwrap());
        for text in [format!("{url} {url:?}"), format!("{beside} {beside:?}")] {
            assert!(!text.contains("hunter2") && !text.contains('?'), "{text}");
        }
        assert!(url.has_signature());
    }

    #[test]
    fn a_file_stays_in_the_folder_of_its_document() {
        let url: RemoteUrl = "https://a.example/c/d/policy.json?sig=s".parse().unwrap();
        for (name, expected) in [
            ("root.pem", "https://a.example/c/d/root.pem?sig=s"),
            (
                "trust/a b.pem",
                "https://a.example/c/d/trust/a%20b.pem?sig=s",
            ),
            ("..root", "https://a.example/c/d/..root?sig=s"),
            ("Zo\u{eb}.pem", "https://a.example/c/d/Zo%C3%AB.pem?sig=s"),
        ] {
            let found = url.beside(&name.parse().unwrap());
            assert_eq!(found.exposed().as_str(), expected);
        }
    }

    #[test]
    fn blobs_are_known_by_their_host() {
        for (host, expected) in [
            ("a.blob.core.windows.net", true),
            ("a.blob.core.usgovcloudapi.net", true),
            ("blob.core.windows.net.evil.example", false),
            ("evilblob.core.windows.net", false),
            ("a.b.blob.core.windows.net", false),
        ] {
            let url: RemoteUrl = format!("https://{host}/c/p.json").parse().unwrap();
            assert_eq!(url.is_blob(), expected, "{host}");
        }
    }
}
