//! Texts of a configuration, as a line of the log holds them.

/// Characters of a name, a route or a note that a line holds: more than any that somebody wrote to be read.
const MAX_CHARACTERS: usize = 1000;

/// The start of a text, with an ellipsis where it is cut.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
