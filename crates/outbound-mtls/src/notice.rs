//! What the outbound client has to say while it runs.

use std::sync::Arc;

use rustls_pki_types::UnixTime;

use super::identity::Facts;

/// Something that happened to our identity, for the log.
///
/// Each is given once per change; warnings again once a day.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Notice {
    /// An identity was loaded and is presented from the next call on.
    Loaded(Facts),
    /// The identity or the trust anchors could not be loaded.
    LoadFailed {
        /// The file, what was found and what to do.
        detail: String,
        /// Whether an identity that was loaded before stays in use.
        previous_in_use: bool,
    },
    /// The identity in use expires within 30 days, or has expired.
    Expiring {
        /// The facts of the identity in use.
        facts: Facts,
        /// Whole days left; negative after the end.
        days: i64,
    },
}

/// Takes notices; called from the task that loads, so it must not block for long.
pub type Notify = Arc<dyn Fn(Notice) + Send + Sync>;

/// Supplies the instant with which expiry is compared.
pub type Clock = Arc<dyn Fn() -> UnixTime + Send + Sync>;
