//! What is remembered between two looks at the files.

use super::load_error::LoadError;

/// What was seen and said the last time.
#[derive(Default)]
pub(super) struct Memory {
    /// The digest of the files that were tried last.
    pub(super) tried: Option<[u8; 32]>,
    /// Why the last attempt failed, and the last day on which that was said.
    pub(super) failure: Option<(LoadError, Option<u64>)>,
    /// The day on which an expiry was said.
    pub(super) warned: Option<u64>,
}
