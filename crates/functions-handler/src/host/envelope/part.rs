//! A value that is looked for in a text that arrives.

use std::ops::Range;

use super::error::EnvelopeError;

/// A value that is looked for.
#[derive(Debug, Default)]
pub(super) struct Part {
    start: Option<usize>,
    end: Option<usize>,
    /// How many values there were before it.
    values_before: usize,
}

impl Part {
    pub(super) fn begin(
        &mut self,
        what: &str,
        start: usize,
        values_before: usize,
    ) -> Result<(), EnvelopeError> {
        if self.start.is_some() {
            return Err(EnvelopeError::repeated(what));
        }
        self.start = Some(start);
        self.values_before = values_before;
        Ok(())
    }

    /// How many bytes it has so far.
    pub(super) fn length(&self, seen: usize) -> usize {
        self.start
            .map_or(0, |start| self.end.unwrap_or(seen) - start)
    }

    /// How many values it has so far, while it is under way.
    pub(super) fn values(&self, values: usize) -> usize {
        match (self.start, self.end) {
            (Some(_), None) => values - self.values_before,
            _ => 0,
        }
    }

    /// Whether it has ended.
    pub(super) fn is_whole(&self) -> bool {
        self.end.is_some()
    }

    pub(super) fn end(&mut self, end: usize) {
        self.end = Some(end);
    }

    pub(super) fn text<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let range: Range<usize> = self.start?..self.end?;
        text.get(range)
    }
}
