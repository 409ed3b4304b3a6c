//! Names of files, and places of revocation lists.

use crate::RelativeName;
use crate::document::text::{Mistake, TextKind};

/// A file in the document's folder or below it.
pub enum File {}

impl TextKind for File {
    type Value = RelativeName;
    const EXPECTED: &'static str =
        "the name of a file in the document's folder or below it, such as trust/root.pem";
    const PATTERN: &'static str =
        r##"^(?!/)(?!(.*/)?\.{0,2}(/|$))[^\u0000-\u001F\\:*?"<>|#%]{1,1024}$"##;
    const EXAMPLES: &'static [&'static str] = &["trust/partners-root.pem"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        text.parse()
            .map_err(|error: crate::RelativeNameError| Mistake::Found(error.to_string()))
    }
}

/// Where a certificate revocation list is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CrlSource {
    /// A file beside the document.
    File(RelativeName),
    /// An `http` or `https` URL. It may contain a secret in its query, and does not belong in a message.
    Url(String),
}

/// A file beside the document, or a URL.
pub enum CrlSourceKind {}

/// The longest URL, in characters: what servers take at least (RFC 9110, section 4.1).
const MAX_URL_CHARACTERS: usize = 8_000;

impl TextKind for CrlSourceKind {
    type Value = CrlSource;
    const EXPECTED: &'static str = "the name of a file in the document's folder or below it, or an http or https URL without a user's name";
    const PATTERN: &'static str = r##"^((?=[!-~]{1,8000}$)https?://[^/?#@\\:][^/?#@\\]*([/?][^#]*)?|(?!/)(?!(.*/)?\.{0,2}(/|$))[^\u0000-\u001F\\:*?"<>|#%]{1,1024})$"##;
    const EXAMPLES: &'static [&'static str] =
        &["trust/partners.crl", "https://crl.partner.example/sub.crl"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        match text.split_once("://") {
            None => File::read(text).map(CrlSource::File),
            Some(("http" | "https", rest)) => url(text, rest),
            Some(_) => Err(Mistake::Found("a URL of another scheme".to_owned())),
        }
    }
}

fn url(text: &str, rest: &str) -> Result<CrlSource, Mistake> {
    let authority = rest
        .split_once(['/', '?', '#'])
        .map_or(rest, |(authority, _)| authority);
    if authority.is_empty() || authority.starts_with(':') {
        Err(Mistake::Found("a URL without a host".to_owned()))
    } else if authority.contains('@') {
        Err(Mistake::Found(
            "a URL with a user's name; a secret does not belong in the document".to_owned(),
        ))
    } else if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#')
        || authority.contains('\\')
    {
        Err(Mistake::Found(
            "a URL with a blank, a fragment or a character beyond ASCII".to_owned(),
        ))
    } else if text.len() > MAX_URL_CHARACTERS {
        Err(Mistake::Found(format!(
            "a URL of {} characters",
            text.len()
        )))
    } else {
        Ok(CrlSource::Url(text.to_owned()))
    }
}
