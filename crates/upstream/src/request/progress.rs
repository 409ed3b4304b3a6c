//! How far a request's body is, and how long nothing may move.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use crate::Failure;

/// How far a request's body is.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    parts: AtomicU64,
    is_whole: AtomicBool,
}

impl Progress {
    /// The progress of a request without a body.
    pub(crate) fn whole() -> Self {
        Self {
            parts: AtomicU64::new(0),
            is_whole: AtomicBool::new(true),
        }
    }

    /// How many parts of the body have been sent.
    pub(crate) fn parts(&self) -> u64 {
        self.parts.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self) {
        self.parts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn finish(&self) {
        self.is_whole.store(true, Ordering::Release);
    }

    /// Whether all of the body was sent.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole.load(Ordering::Acquire)
    }
}

/// The outcome of a future, unless it is awaited for so long while the body does not move. A body that moves at all begins another
/// period, so that this is the shortest time, and twice as long the longest.
///
/// # Errors
///
/// [`Failure::TimedOut`].
pub(crate) async fn unless_idle<T>(
    future: impl Future<Output = T>,
    limit: Option<Duration>,
    progress: &Progress,
) -> Result<T, Failure> {
    let Some(limit) = limit else {
        return Ok(future.await);
    };
    let mut future = pin!(future);
    loop {
        let before = progress.parts();
        if let Ok(outcome) = timeout(limit, &mut future).await {
            return Ok(outcome);
        }
        if progress.parts() == before {
            return Err(Failure::TimedOut(limit));
        }
    }
}
