//! A caller's text in the log.

use std::fmt::Write as _;

use serde::{Serialize, Serializer};

/// The most bytes of a caller's text in a line, escaped: a usual line of a terminal. It is enough to recognize the text, and
/// too little to fill a log.
const MAX_BYTES: usize = 120;

/// Text that a caller chose, with everything but printable ASCII escaped, so that neither a terminal nor a log viewer acts upon
/// it, and cut to [`MAX_BYTES`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct CallerText(String);

impl CallerText {
    pub(crate) fn new(text: &str) -> Self {
        let mut shown = String::with_capacity(text.len().min(MAX_BYTES));
        for c in text.chars() {
            let before = shown.len();
            if c == ' ' || c.is_ascii_graphic() {
                shown.push(c);
            } else {
                // Writing to a string cannot fail.
                let _ = write!(shown, "{}", c.escape_unicode());
            }
            if shown.len() > MAX_BYTES {
                shown.truncate(before);
                break;
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
        assert_eq!(text(&"x".repeat(500)).len(), MAX_BYTES);
        let escaped = text(&"\u{10ffff}".repeat(500));
        assert_eq!(escaped, r"\u{10ffff}".repeat(MAX_BYTES / 10));
    }
}
