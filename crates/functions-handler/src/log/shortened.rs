//! Texts that are cut to what a line of the log holds.

/// Characters of a name, a route or a note that a line holds: more than any that somebody wrote to be read.
const MAX_CHARACTERS: usize = 1000;

/// The start of a text of a configuration, with an ellipsis where it is cut.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// The start of a text, so many bytes of it at most, with an ellipsis where it is cut.
pub(super) fn cut(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most));
        text.push('…');
    }
    text
}
