//! How revocation lists are fetched.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::remote::{StoreTrust, Timeouts};

/// How long one download takes at most: 128 MiB at 9 Mbit/s.
const TOTAL: Duration = Duration::from_secs(120);

/// How revocation lists are fetched and kept.
#[derive(Clone)]
pub struct ListOptions {
    /// The folder of the copies (`CLIENT_CERT_POLICY_CACHE`).
    pub cache: Option<PathBuf>,
    /// Which servers of https URLs are trusted.
    pub trust: StoreTrust,
    /// How long a download takes at most.
    pub timeouts: Timeouts,
    /// The present.
    pub clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl ListOptions {
    /// The defaults: no copies are kept. `clock` is the present.
    pub fn new(clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            cache: None,
            trust: StoreTrust::default(),
            timeouts: Timeouts {
                total: TOTAL,
                ..Timeouts::default()
            },
            clock: Arc::new(clock),
        }
    }
}

impl fmt::Debug for ListOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListOptions")
            .field("cache", &self.cache)
            .field("trust", &self.trust)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
