//! Where in a document something is.

use jsonc_parser::common::Ranged;

/// The first byte of a value or key in a document. A number, so that a document with 100,000 callers can keep one for each of
/// its values; the JSON path and the line are found when a problem is reported.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Place(u32);

impl Place {
    /// Where a part of the syntax tree begins.
    pub(super) fn of(node: &impl Ranged) -> Self {
        // A document has at most MAX_DOCUMENT_BYTES.
        Self(u32::try_from(node.start()).unwrap_or(u32::MAX))
    }

    pub(super) fn offset(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}
