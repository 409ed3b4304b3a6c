//! Looks until the server is ready, or will not be.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::{Found, NotYet, Target};
use crate::output::LastLines;

/// How long after a look the next one begins.
const LOOK_INTERVAL: Duration = Duration::from_millis(25);

/// When progress is said first, and how often after that.
const FIRST_PROGRESS: Duration = Duration::from_secs(2);
const NEXT_PROGRESS: Duration = Duration::from_secs(10);

/// How long a server that said that its address is in use may take to end, or to listen nevertheless.
const IN_USE_LIMIT: Duration = Duration::from_secs(1);

/// Why nothing is waited for any longer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Unready {
    /// The time is over.
    TimedOut {
        why: NotYet,
        listening: Vec<SocketAddr>,
    },
    /// It said that the address is in use, and does not listen there itself.
    AddressInUse,
}

/// Waits for one start. `progress` is called with the time that passed, and where the server listens.
///
/// # Errors
///
/// The server is not ready in time, or cannot be.
pub(crate) async fn wait(
    target: &Target<'_>,
    limit: Duration,
    lines: &LastLines,
    mut progress: impl FnMut(Duration, NotYet, Vec<SocketAddr>),
) -> Result<Found, Unready> {
    let began = Instant::now();
    let mut next_progress = FIRST_PROGRESS;
    let mut in_use_since = None;
    loop {
        let look = target.look().await;
        if lines.address_in_use() {
            let since = *in_use_since.get_or_insert_with(Instant::now);
            // A probe that another program answers proves nothing.
            if let Ok(found) = look
                && target.is_ours(found.address).await == Some(true)
            {
                return Ok(found);
            }
            if since.elapsed() >= IN_USE_LIMIT {
                return Err(Unready::AddressInUse);
            }
        } else if let Ok(found) = look {
            return Ok(found);
        }
        let why = look.err().unwrap_or(NotYet::AnotherProgram);
        let waited = began.elapsed();
        if waited >= limit {
            let listening = target.elsewhere().await;
            return Err(Unready::TimedOut { why, listening });
        }
        if waited >= next_progress {
            progress(waited, why, target.elsewhere().await);
            next_progress += NEXT_PROGRESS;
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}
