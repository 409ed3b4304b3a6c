//! What was found in a file, for messages: cut where it is long, and nothing of a key.

use app_settings::is_key_material;
use serde_json::Value;

/// Characters of a wrong value that a message repeats: enough to find it in the file.
const SHOWN_CHARACTERS: usize = 60;

/// Characters in which key material is looked for: a longer text is cut long before.
const EXAMINED_CHARACTERS: usize = 1024;

/// A JSON value, as it is written.
pub(super) fn found(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => shortened(&value.to_string()),
        Value::Array(_) => format!("an array: {}", shortened(&value.to_string())),
        Value::Object(_) => format!("an object: {}", shortened(&value.to_string())),
    }
}

/// A JSON value that can be missing.
pub(super) fn found_or_nothing(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), found)
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    match shown(text) {
        Some(shown) => format!("\"{shown}\""),
        None => KEY_MATERIAL.to_owned(),
    }
}

/// A text without quotes.
pub(super) fn shortened(text: &str) -> String {
    shown(text).unwrap_or_else(|| KEY_MATERIAL.to_owned())
}

const KEY_MATERIAL: &str = "text that looks like a key or a certificate";

fn shown(text: &str) -> Option<String> {
    let start = |characters| match text.char_indices().nth(characters) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    };
    let cut = start(SHOWN_CHARACTERS);
    let more = if cut.len() < text.len() { "…" } else { "" };
    (!is_key_material(start(EXAMINED_CHARACTERS))).then(|| format!("{cut}{more}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_as_in_the_file_and_cut() {
        let blanks = " ".repeat(1_000_000);
        let table = [
            (json!(null), "null".to_owned()),
            (json!(7), "7".to_owned()),
            (json!("get"), "\"get\"".to_owned()),
            (json!([1]), "an array: [1]".to_owned()),
            (json!({"a": 1}), "an object: {\"a\":1}".to_owned()),
            (json!(blanks), format!("\"{}…\"", " ".repeat(60))),
            (
                json!(["ü".repeat(100)]),
                format!("an array: [\"{}…", "ü".repeat(58)),
            ),
        ];
        for (value, text) in table {
            assert_eq!(found(&value), text);
        }
        assert_eq!(found_or_nothing(None), "nothing");
    }

    #[test]
    fn nothing_of_a_key_is_shown() {
        let word = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ".repeat(30);
        for value in [
            json!(word),
            json!([word]),
            json!({"pfx": word}),
            json!(format!("-----BEGIN PRIVATE KEY-----\n{word}")),
        ] {
            let text = found(&value);
            assert!(
                text.contains(KEY_MATERIAL) && !text.contains("MIIEv"),
                "{text}"
            );
        }
    }
}
