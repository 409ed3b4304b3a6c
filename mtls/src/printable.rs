//! Untrusted text on a terminal or in a file: the one place where the tool escapes it.

use std::fmt::Write as _;

use client_cert::is_invisible;

/// The text with everything escaped that could move a cursor, hide or reorder characters, or start a new line.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |escaped, c| write!(escaped, "{}", c.escape_default()))
}

/// The text of a JSON document with the same characters escaped, in JSON's own way: it parses to the same value.
///
/// Line ends stay. A serializer has escaped those within strings, where alone any of the others can be.
pub(crate) fn printable_json(document: &str) -> String {
    let lines: Vec<String> = document
        .split('\n')
        .map(|line| {
            escaped(line, |escaped, c| {
                let mut units = [0; 2];
                c.encode_utf16(&mut units)
                    .iter()
                    .try_for_each(|unit| write!(escaped, "\\u{unit:04x}"))
            })
        })
        .collect();
    lines.join("\n")
}

/// Every invisible character is written by `escape`.
fn escaped(text: &str, escape: impl Fn(&mut String, char) -> std::fmt::Result) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            // Writing to a string cannot fail.
            let _ = escape(&mut escaped, c);
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVISIBLE: &str =
        "a\u{34f}\u{e0100}\u{7f}\u{9b}\u{200b}\u{202e}\u{2028}\u{2066}\u{feff}\u{e0001}b";

    #[test]
    fn only_plain_characters_reach_the_terminal() {
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

    #[test]
    fn an_escaped_document_has_no_invisible_character_and_parses_to_the_same_value() {
        let value = serde_json::json!({"é\u{202e}": [INVISIBLE, "line\nline\u{1b}"]});
        for document in [
            value.to_string(),
            serde_json::to_string_pretty(&value).unwrap(),
        ] {
            let escaped = printable_json(&document);
            assert!(
                escaped.chars().all(|c| c == '\n' || !is_invisible(c)),
                "{escaped:?}"
            );
            let parsed: serde_json::Value = serde_json::from_str(&escaped).unwrap();
            assert_eq!(parsed, value);
            assert_eq!(document.lines().count(), escaped.lines().count());
        }
    }
}
