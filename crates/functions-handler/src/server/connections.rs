//! All connections together: how many there are, and which of them is given up for another.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;
use std::time::Duration;

use futures_util::task::AtomicWaker;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::in_flight::Requests;

/// How long the accept loop waits before it looks again for a connection that can be given up.
const SEARCH_INTERVAL: Duration = Duration::from_millis(50);

/// The connections of a server, bounded in their number and in the bytes of their unfinished heads.
///
/// The host opens a connection for each request under way and keeps it for a minute; callers open none. At a bound, the
/// connection that has waited longest for the rest of a head is given up, or else the one that has been idle longest: a
/// new one is answered all the same. A connection with a request under way is never given up.
#[derive(Debug)]
pub(super) struct Connections {
    most: usize,
    most_head_bytes: usize,
    open: Mutex<HashMap<u64, Arc<Seat>>>,
    /// Numbers connections, and the moments at which they begin to wait.
    count: AtomicU64,
    head_bytes: AtomicUsize,
    closed: Notify,
}

/// What is known about one connection from outside.
#[derive(Debug)]
struct Seat {
    requests: Requests,
    waiting_since: AtomicU64,
    /// Bytes of its unfinished head; 0 while there is none.
    head_bytes: AtomicUsize,
    given_up: AtomicBool,
    waker: AtomicWaker,
}

/// The place of one connection among all, which it leaves when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: Arc<Connections>,
    number: u64,
    seat: Arc<Seat>,
}

impl Connections {
    pub(super) fn new(most: usize, most_head_bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            most_head_bytes,
            open: Mutex::default(),
            count: AtomicU64::new(0),
            head_bytes: AtomicUsize::new(0),
            closed: Notify::new(),
        })
    }

    /// A place for a new connection, as soon as there is one.
    pub(super) async fn place(self: &Arc<Self>, requests: &Requests) -> Place {
        while self.open().len() >= self.most {
            self.give_one_up();
            // One with a request under way may become idle, which nobody reports.
            let _ = timeout(SEARCH_INTERVAL, self.closed.notified()).await;
        }
        let number = self.next();
        let seat = Arc::new(Seat {
            requests: requests.clone(),
            waiting_since: AtomicU64::new(number),
            head_bytes: AtomicUsize::new(0),
            given_up: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        self.open().insert(number, Arc::clone(&seat));
        Place {
            connections: Arc::clone(self),
            number,
            seat,
        }
    }

    /// Gives up the connection that has waited longest: for the rest of a head, or else for a request.
    pub(super) fn give_one_up(&self) {
        let open = self.open();
        let waiting = open.values().filter(|seat| seat.is_waiting());
        let longest = waiting.min_by_key(|seat| {
            let has_head = seat.head_bytes.load(Ordering::Relaxed) > 0;
            (!has_head, seat.waiting_since.load(Ordering::Relaxed))
        });
        if let Some(seat) = longest {
            seat.given_up.store(true, Ordering::Release);
            seat.waker.wake();
        }
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<Seat>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn is_waiting(&self) -> bool {
        self.requests.are_answered() && !self.given_up.load(Ordering::Relaxed)
    }
}

impl Place {
    /// The connection waits for a request from now on.
    pub(super) fn wait_for_request(&self) {
        let now = self.connections.next();
        self.seat.waiting_since.store(now, Ordering::Relaxed);
        self.give_head_back();
    }

    /// The connection waits for the rest of a head of which this much has been read.
    pub(super) fn wait_for_head(&self, bytes: usize) {
        let before = self.seat.head_bytes.swap(bytes, Ordering::Relaxed);
        if before == 0 {
            let now = self.connections.next();
            self.seat.waiting_since.store(now, Ordering::Relaxed);
        }
        let connections = &self.connections;
        let more = bytes.saturating_sub(before);
        let all = connections.head_bytes.fetch_add(more, Ordering::Relaxed);
        if more > 0 && all + more > connections.most_head_bytes {
            connections.give_one_up();
        }
    }

    /// Whether the connection is given up, if it still waits. The task is woken once it is.
    pub(super) fn is_given_up(&self, context: &Context<'_>) -> bool {
        self.seat.waker.register(context.waker());
        self.seat.given_up.load(Ordering::Acquire)
    }

    /// There is no unfinished head on the connection.
    pub(super) fn give_head_back(&self) {
        let bytes = self.seat.head_bytes.swap(0, Ordering::Relaxed);
        self.connections
            .head_bytes
            .fetch_sub(bytes, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.give_head_back();
        self.connections.open().remove(&self.number);
        self.connections.closed.notify_one();
    }
}
