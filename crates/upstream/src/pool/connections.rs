//! The connections that wait for the next request.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::dial::Dial;
use super::lease::Lease;
use crate::Connect;

/// How many connections are kept: as many as the Functions host has requests under way, up to 1,000 on Flex Consumption.
const MAX_IDLE: usize = 1000;

/// The connections to one upstream: one for each request under way, and a few that wait for the next.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    dial: Box<dyn Dial>,
    /// How long a connection is kept without a request.
    idle_timeout: Duration,
    idle: Mutex<Idle>,
}

#[derive(Debug, Default)]
struct Idle {
    /// By the time since when they wait, the longest first.
    connections: Vec<(Instant, Lease)>,
    /// Whether a task ends those that have waited long enough.
    is_watched: bool,
}

impl Pool {
    /// A pool without connections, which keeps them so long without a request.
    pub(crate) fn new(connect: impl Connect, idle_timeout: Duration) -> Self {
        Self {
            shared: Arc::new(Shared {
                dial: Box::new(connect),
                idle_timeout,
                idle: Mutex::default(),
            }),
        }
    }

    /// The kept connection that was used last, if there is one.
    pub(crate) fn kept(&self) -> Option<Lease> {
        let now = Instant::now();
        let mut idle = self.shared.idle();
        let mut connections = idle.connections.iter();
        let found = connections.rposition(|(since, lease)| {
            *since + self.shared.idle_timeout > now && lease.is_ready()
        })?;
        let (_, lease) = idle.connections.remove(found);
        Some(lease)
    }

    /// A new connection.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(crate) async fn connect(&self) -> io::Result<Lease> {
        self.shared.dial.dial().await
    }

    /// Keeps a connection whose request is sent and whose answer is read.
    pub(crate) fn keep(&self, lease: Lease) {
        let mut idle = self.shared.idle();
        if idle.connections.len() < MAX_IDLE {
            idle.connections.push((Instant::now(), lease));
        }
        if !idle.is_watched {
            idle.is_watched = true;
            tokio::spawn(end_idle(Arc::downgrade(&self.shared)));
        }
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connections that have waited long enough. When the next one will have; `None` if none is left.
    fn end_idle(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut idle = self.idle();
        let waiting = |(since, _): &(Instant, Lease)| *since + self.idle_timeout > now;
        idle.connections.retain(waiting);
        let next = idle
            .connections
            .first()
            .map(|(since, _)| *since + self.idle_timeout);
        idle.is_watched = next.is_some();
        next
    }
}

/// Ends idle connections as long as there are any, and as long as there is a pool.
async fn end_idle(shared: Weak<Shared>) {
    while let Some(next) = shared.upgrade().and_then(|shared| shared.end_idle()) {
        sleep_until(next).await;
    }
}
