//! What a reader finds wrong, before its place is known as a line.

use super::place::Place;

/// The most problems that one document's report lists. Nobody reads more at once, and a document edited into nonsense can have
/// millions.
const MAX_FINDINGS: usize = 1_000;

/// One mistake at a place.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) place: Place,
    pub(crate) text: String,
    /// Another place that the mistake involves.
    pub(crate) other: Option<Place>,
}

/// The mistakes of one document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Findings {
    listed: Vec<Finding>,
    unlisted: usize,
}

impl Findings {
    pub(crate) fn add(&mut self, place: Place, text: impl Into<String>) {
        self.push(place, text.into(), None);
    }

    /// Adds a mistake that involves two places; the report names both.
    pub(crate) fn add_pair(&mut self, place: Place, other: Place, text: impl Into<String>) {
        self.push(place, text.into(), Some(other));
    }

    fn push(&mut self, place: Place, text: String, other: Option<Place>) {
        if self.listed.len() < MAX_FINDINGS {
            self.listed.push(Finding { place, text, other });
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// Those that are listed, in the order of their places, and how many are not.
    pub(crate) fn sorted(mut self) -> (Vec<Finding>, usize) {
        self.listed.sort_by_key(|finding| finding.place);
        (self.listed, self.unlisted)
    }
}
