//! Lists in settings: entries separated by commas.

use std::collections::HashSet;

use app_settings::Problem;
use client_cert::{Thumbprint, is_invisible};

use super::known::is_unresolved;
use super::settings::shown;

/// The thumbprints of a list. One entry that is none spoils the list.
pub(super) fn thumbprints(
    name: &str,
    value: Option<&str>,
    problems: &mut Vec<Problem>,
) -> HashSet<Thumbprint> {
    let mut pins = HashSet::new();
    for (number, entry) in entries(name, value, problems) {
        match entry.parse() {
            Ok(thumbprint) => {
                pins.insert(thumbprint);
            }
            Err(error) => problems.push(Problem::new(
                name,
                format!(
                    "entry {number}: {error}, in {}; copy the thumbprint again",
                    shown(entry)
                ),
            )),
        }
    }
    pins
}

/// The names of a list. Blanks around an entry are none of its own; inside, nothing is changed.
pub(super) fn names(
    name: &str,
    value: Option<&str>,
    problems: &mut Vec<Problem>,
) -> HashSet<String> {
    let mut names = HashSet::new();
    for (number, entry) in entries(name, value, problems) {
        match entry.chars().find(|c| is_unseen(*c)) {
            None => {
                names.insert(entry.to_owned());
            }
            Some(seen) => problems.push(Problem::new(
                name,
                format!("entry {number}: expected visible characters, found {seen:?} in {}; type the name again", shown(entry)),
            )),
        }
    }
    names
}

/// The entries of a list that are not blank, counted from 1.
fn entries<'a>(
    name: &str,
    value: Option<&'a str>,
    problems: &mut Vec<Problem>,
) -> Vec<(usize, &'a str)> {
    let Some(value) = value.filter(|value| !is_unresolved(value)) else {
        return Vec::new();
    };
    let entries: Vec<_> = (1..)
        .zip(value.split(',').map(str::trim))
        .filter(|(_, entry)| !entry.is_empty())
        .collect();
    if entries.is_empty() {
        problems.push(Problem::new(
            name,
            format!(
                "expected entries separated by commas, found {}; remove it to list nobody",
                shown(value)
            ),
        ));
    }
    entries
}

/// Whether a character in a name could not be seen by the person who lists it, so that it never matched; U+FFFD is what
/// remains of a character that was lost.
fn is_unseen(c: char) -> bool {
    is_invisible(c) || c == '\u{FFFD}'
}
