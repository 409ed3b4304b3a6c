//! A text that clients must send, where other users of the machine are not to call.

use std::fmt;

use app_settings::Problem;
use http::{HeaderMap, HeaderName};

use crate::password::{self, Password};

/// The header in which clients send it. It is not passed on.
pub(super) const HEADER: HeaderName = HeaderName::from_static("mtls-connect-token");

/// The fewest bytes: those of 96 random bits in base64.
const MIN_BYTES: usize = 16;

/// The text. It cannot be formatted.
pub(super) struct Token(Password);

impl Token {
    /// The text in an environment variable.
    ///
    /// # Errors
    ///
    /// A variable that is not set, or holds what no header can, or too little.
    pub(super) fn in_variable(name: &str) -> Result<Self, Problem> {
        let given = password::resolve(None, Some(name))?;
        let is_sound = |text: &str| {
            text.len() >= MIN_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let sound = given.filter(|text| is_sound(text.expose()));
        sound.map(Self).ok_or_else(|| {
            let text = format!(
                "expected at least {MIN_BYTES} visible ASCII characters for {HEADER}, found something else; set it to random ones"
            );
            Problem::new(name, text)
        })
    }

    /// Whether a request brings it, once. How long the comparison takes depends on the length alone.
    pub(super) fn is_in(&self, headers: &HeaderMap) -> bool {
        let expected = self.0.expose().as_bytes();
        let mut lines = headers.get_all(HEADER).iter();
        match (lines.next(), lines.next()) {
            (Some(found), None) if found.len() == expected.len() => {
                openssl::memcmp::eq(found.as_bytes(), expected)
            }
            _ => false,
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_counts_and_only_once() {
        let token = Token("0123456789abcdef".parse().unwrap());
        for (lines, expected) in [
            (&[][..], false),
            (&["0123456789abcdef"], true),
            (&["0123456789abcdeF"], false),
            (&["0123456789abcde"], false),
            (&["0123456789abcdef0"], false),
            (&["0123456789abcdef", "0123456789abcdef"], false),
            (&[""], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(HEADER, line.parse().unwrap());
            }
            assert_eq!(token.is_in(&headers), expected, "{lines:?}");
        }
    }
}
