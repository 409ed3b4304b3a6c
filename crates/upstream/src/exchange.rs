//! What happened with the upstream, for the log.

use std::time::Duration;

use http::StatusCode;

use crate::Failure;

/// What happened with the upstream during a call. Every answer has it among its extensions.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The status that the upstream gave; `None` if it gave none.
    pub status: Option<StatusCode>,
    /// From the call until the head of the answer, or until it was given up.
    pub time: Duration,
    /// Whether the request was sent a second time, because a kept connection had ended.
    pub is_repeated: bool,
    /// Why the answer is ours.
    pub failure: Option<Failure>,
}
