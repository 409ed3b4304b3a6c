//! Which requests of one connection are under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The requests of one connection. The connection and the server ask; each request holds an [`InFlight`].
#[derive(Clone, Debug, Default)]
pub(super) struct Requests(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// How many there have been. One may begin and end between two reads.
    begun: AtomicU64,
    /// How many [`InFlight`]s there are.
    held: AtomicU64,
    /// How many [`Watched`]s there are.
    watched: AtomicU64,
}

/// Begins requests of the connection that it came from.
#[derive(Clone, Debug)]
pub(super) struct Beginning(Arc<Counts>);

/// Held while a request is being answered or its body is being read.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Counts>);

/// Held while a request is being answered that ends when its caller leaves.
#[derive(Debug)]
pub(super) struct Watched(Arc<Counts>);

impl Requests {
    pub(super) fn beginning(&self) -> Beginning {
        Beginning(Arc::clone(&self.0))
    }

    pub(super) fn begun(&self) -> u64 {
        self.0.begun.load(Ordering::Relaxed)
    }

    /// Whether one is under way that ends when its caller leaves.
    pub(super) fn are_watched(&self) -> bool {
        self.0.watched.load(Ordering::Acquire) > 0
    }

    /// Whether none is under way: the connection waits for a head.
    pub(super) fn are_answered(&self) -> bool {
        self.0.held.load(Ordering::Acquire) == 0
    }
}

impl Beginning {
    pub(super) fn begin(&self) -> InFlight {
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        InFlight::new(&self.0)
    }
}

impl InFlight {
    fn new(counts: &Arc<Counts>) -> Self {
        counts.held.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(counts))
    }

    /// The request ends when its caller leaves.
    pub(super) fn watch(&self) -> Watched {
        self.0.watched.fetch_add(1, Ordering::Relaxed);
        Watched(Arc::clone(&self.0))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.watched.fetch_sub(1, Ordering::Release);
    }
}

impl Clone for InFlight {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::Release);
    }
}
