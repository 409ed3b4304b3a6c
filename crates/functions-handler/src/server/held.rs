//! The text of an envelope that is held while it arrives.

use crate::host::{NoRoom, Room as _};

use super::budget::Lease;

/// The first room that is taken for a text: a usual envelope without a body.
const FIRST_BYTES: usize = 4 * 1024;

/// The text of an envelope as far as it has arrived, and the room that it takes.
#[derive(Debug)]
pub(super) struct Held {
    text: Vec<u8>,
    longest: usize,
    /// None once the caller is admitted.
    lease: Option<Lease>,
}

impl Held {
    /// Nothing yet. The server lets no body through that is longer than `longest`.
    pub(super) fn new(lease: Lease, longest: u64) -> Self {
        Self {
            text: Vec::new(),
            longest: usize::try_from(longest).unwrap_or(usize::MAX),
            lease: Some(lease),
        }
    }

    /// Holds more of it. Room is taken before the buffer grows, for all that it grows by.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), NoRoom> {
        let needed = self.text.len().saturating_add(chunk.len());
        let capacity = self.text.capacity();
        if needed > capacity {
            let wanted = capacity.saturating_mul(2).max(FIRST_BYTES);
            let grown = wanted.min(self.longest).max(needed);
            if let Some(lease) = &mut self.lease {
                lease.take(grown - capacity)?;
            }
            self.text.reserve_exact(grown - self.text.len());
        }
        self.text.extend_from_slice(chunk);
        Ok(())
    }

    /// What has arrived.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// What has arrived, without the room.
    pub(super) fn into_text(self) -> Vec<u8> {
        self.text
    }

    /// The caller is admitted: the room is given back.
    pub(super) fn admit(&mut self) {
        self.lease = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::budget::Budget;

    #[test]
    fn room_is_taken_for_the_buffer_and_given_back() {
        let budget = Budget::new(8 * 4096);
        let mut held = Held::new(budget.public(), 8 * 4096);
        let chunk = [b'x'; 1000];
        while held.push(&chunk).is_ok() {}
        assert!(held.text().len() > 8 * 4096 && held.text.capacity() <= 10 * 4096);
        held.admit();
        let mut other = Held::new(budget.public(), 8 * 4096);
        assert_eq!(other.push(&chunk), Ok(()));
        assert_eq!(held.push(&[b'x'; 100_000]), Ok(()));
    }
}
