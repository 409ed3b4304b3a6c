//! What a JSON text holds, and the memory that it takes once it is read.

/// The most bytes that a value of an array takes once it is read: a [`Tree`](super::tree::Tree) of 32 bytes in a vector
/// that has just grown, so that its old buffer and a new one of twice the length are there.
pub(super) const ELEMENT_BYTES: usize = 3 * 32;

/// The most bytes that a member of an object takes beyond its value: the rest of the pair in such a vector, the allocation
/// of its name, and its place in a [`Map`](serde_json::Map).
pub(super) const MEMBER_BYTES: usize = 160;

/// What a reader makes of a text.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) values: usize,
    pub(super) members: usize,
    /// Bytes of all texts and names.
    pub(super) texts: usize,
    /// Bytes of the longest text with escapes in it: readers undo them in a buffer of their own.
    pub(super) longest_escaped: usize,
}

impl Counts {
    /// The most bytes that it takes.
    pub(super) fn bytes(self) -> usize {
        let values = self.values.saturating_mul(ELEMENT_BYTES);
        let members = self.members.saturating_mul(MEMBER_BYTES);
        let texts = self.texts.saturating_add(self.longest_escaped);
        values.saturating_add(members).saturating_add(texts)
    }
}
