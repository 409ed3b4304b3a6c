//! A caller's text in the log.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};

/// The most characters of a caller's text in a line: a usual line of a terminal. It is enough to recognize the text, and
/// too little to fill a log.
const MAX_CHARS: usize = 120;

/// Text that a caller chose: cut to [`MAX_CHARS`], with everything but printable ASCII escaped, so that neither a terminal
/// nor a log viewer acts upon it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CallerText(String);

impl CallerText {
    pub(crate) fn new(text: &str) -> Self {
        let mut shown = String::with_capacity(text.len().min(MAX_CHARS));
        for c in text.chars().take(MAX_CHARS) {
            if c == ' ' || c.is_ascii_graphic() {
                shown.push(c);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(shown, "{}", c.escape_unicode());
            }
        }
        Self(shown)
    }
}

impl Serialize for CallerText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_short_and_printable() {
        let text = |text: &str| CallerText::new(text).0;
        assert_eq!(text("GET \"x\"\\"), "GET \"x\"\\");
        assert_eq!(
            text("a\r\n\u{7f}\u{202e}\u{e9}"),
            "a\\u{d}\\u{a}\\u{7f}\\u{202e}\\u{e9}"
        );
        assert_eq!(text(&"x".repeat(500)).len(), MAX_CHARS);
    }
}
