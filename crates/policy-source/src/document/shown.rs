//! What a message shows of a document's texts.

use app_settings::{Value, is_key_material};
use client_cert::is_invisible;

/// The most characters of a name or key that a message shows: a caller's name has no more.
const SHOWN_NAME_CHARACTERS: usize = client_cert::MAX_NAME_BYTES;

/// The most characters of any other value that a message shows. A secret that is worth stealing is longer.
const SHOWN_VALUE_CHARACTERS: usize = 11;

/// A name or key, quoted where it has the form of one; else as [`shown_value`].
pub(crate) fn shown_name(text: &str) -> String {
    let in_names = |c: char| c.is_ascii_alphanumeric() || "._-$".contains(c);
    let is_name = text.len() <= SHOWN_NAME_CHARACTERS && text.chars().all(in_names);
    if is_name && !is_key_material(text) {
        format!("{text:?}")
    } else {
        shown_value(text)
    }
}

/// A value, quoted where it is a word; else what kind of text it is.
pub(crate) fn shown_value(text: &str) -> String {
    let is_short = text.chars().take(SHOWN_VALUE_CHARACTERS + 1).count() <= SHOWN_VALUE_CHARACTERS;
    if is_short && !text.contains(is_invisible) {
        format!("{text:?}")
    } else {
        Value::new(text).described()
    }
}

/// The most names that are searched for the nearest: a search among more takes longer than its answer is worth.
const MAX_SEARCHED_NAMES: usize = 1_000;

/// The one of `known` that a misspelt name may be meant for: half of its characters at most differ.
pub(crate) fn nearest<'a>(known: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let name: String = name.chars().take(2 * SHOWN_NAME_CHARACTERS).collect();
    let distances = known
        .take(MAX_SEARCHED_NAMES)
        .map(|known| (distance(known, &name), known));
    let (distance, known) = distances.min_by_key(|(distance, _)| *distance)?;
    (2 * distance <= known.chars().count()).then_some(known)
}

/// How many characters differ; case counts for nothing where only case differs.
fn distance(known: &str, name: &str) -> usize {
    let folded = strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
    folded.min(strsim::damerau_levenshtein(known, name))
}
