//! What proves to the upstream that a request came through this process.

use std::error::Error;
use std::fmt;

use http::HeaderValue;

/// A secret that is sent with every request, so that the upstream can refuse what did not come this way.
///
/// Its `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct Secret(HeaderValue);

/// The text cannot be sent in a header as it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidSecret;

impl Secret {
    /// A text of visible ASCII characters. How hard it is to guess is the caller's affair.
    ///
    /// # Errors
    ///
    /// An empty text, and one with any other character.
    pub fn new(text: &str) -> Result<Self, InvalidSecret> {
        let is_visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let value = HeaderValue::from_str(text).ok().filter(|_| is_visible);
        let mut value = value.ok_or(InvalidSecret)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }

    pub(crate) fn value(&self) -> &HeaderValue {
        &self.0
    }
}

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected visible ASCII characters, one at least, and nothing else")
    }
}

impl Error for InvalidSecret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_visible_text_and_never_shown() {
        for text in ["", "two words", "line\nbreak", "tab\t", "gr\u{fc}n"] {
            assert_eq!(Secret::new(text).err(), Some(InvalidSecret), "{text:?}");
        }
        let secret = Secret::new("s3cret").unwrap();
        assert!(!format!("{secret:?}").contains("s3cret"));
    }
}
