//! What is remembered between two reloads.

use super::load_error::LoadError;

/// What was tried and reported the last time.
#[derive(Default)]
pub(super) struct Memory {
    /// The digest of the contents that were tried last.
    pub(super) tried: Option<[u8; 32]>,
    /// Why the last attempt failed, and the last day on which that was reported.
    pub(super) failure: Option<(LoadError, Option<u64>)>,
    /// The day on which an expiry was reported.
    pub(super) warned: Option<u64>,
}

impl Memory {
    /// Notes a failure. One that repeats the last counts as reported, unless the contents have changed.
    pub(super) fn failed(&mut self, digest: Option<[u8; 32]>, error: LoadError) {
        let last = self.failure.as_ref().map(|(error, _)| error);
        if last != Some(&error) || digest != self.tried {
            self.failure = Some((error, None));
        }
        self.tried = digest;
    }
}
