//! Names of files, and places of revocation lists.

use crate::document::text::{Mistake, TextKind};
use crate::list_url::{InvalidListUrl, ListUrl};
use crate::relative_name::{RelativeName, RelativeNameError};

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
            .map_err(|error: RelativeNameError| Mistake::Found(error.to_string()))
    }
}

/// Where a certificate revocation list is.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum CrlSource {
    /// A file beside the document.
    File(RelativeName),
    /// An `http` or `https` URL.
    Url(ListUrl),
}

/// A file beside the document, or a URL.
pub enum CrlSourceKind {}

impl TextKind for CrlSourceKind {
    type Value = CrlSource;
    const EXPECTED: &'static str = "the name of a file in the document's folder or below it, or an http or https URL without a user's name";
    const PATTERN: &'static str = r##"^((?=[!-~]{1,8000}$)https?://[^/?#@\\:][^/?#@\\]*([/?][^#]*)?|(?!/)(?!(.*/)?\.{0,2}(/|$))[^\u0000-\u001F\\:*?"<>|#%]{1,1024})$"##;
    const EXAMPLES: &'static [&'static str] =
        &["trust/partners.crl", "https://crl.partner.example/sub.crl"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        match text.contains("://") {
            false => File::read(text).map(CrlSource::File),
            true => text
                .parse()
                .map(CrlSource::Url)
                .map_err(|error: InvalidListUrl| Mistake::Found(error.to_string())),
        }
    }
}
