//! Untrusted text on a terminal.

use std::fmt::Write as _;

/// The text with everything escaped that could move a cursor, hide or reorder characters, or start a new line.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            // Writing to a string cannot fail.
            let _ = write!(printable, "{}", c.escape_default());
        } else {
            printable.push(c);
        }
    }
    printable
}

/// Control characters, line separators, direction marks, and characters without a width.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{FEFF}')
        || ('\u{200B}'..='\u{200F}').contains(&c)
        || ('\u{2028}'..='\u{202E}').contains(&c)
        || ('\u{2060}'..='\u{206F}').contains(&c)
        || ('\u{E0000}'..='\u{E007F}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_is_no_plain_character() {
        let table = [
            ("plain é", "plain é"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\r\nb\t", "a\\r\\nb\\t"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("abc\u{202E}cba", "abc\\u{202e}cba"),
            ("a\u{200B}b", "a\\u{200b}b"),
        ];
        for (text, expected) in table {
            assert_eq!(printable(text), expected);
        }
    }
}
