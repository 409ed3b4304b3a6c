//! When the server is ready.

mod probe;
mod statuses;
mod wait;

use http::uri::PathAndQuery;

pub use probe::NotYet;
pub(crate) use probe::{Found, Target};
pub use statuses::{InvalidStatuses, Statuses};
pub(crate) use wait::{Unready, wait};

/// What makes the server ready.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum ReadyWhen {
    /// It accepts a connection, which is closed at once.
    #[default]
    Accepts,
    /// It answers `GET` of this path with one of these statuses.
    Answers {
        /// The path with its query.
        path: PathAndQuery,
        /// The statuses that count.
        statuses: Statuses,
    },
}
