//! The connections that wait for the next request.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::lease::Lease;
use super::stream::Stream;

/// How long a connection is kept without a request. Servers close theirs after a few seconds (uvicorn and Node after 5, gunicorn after
/// 2), and a request that is just being sent then is lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// How many connections are kept: as many as the Functions host has requests under way, up to 1,000 on Flex Consumption.
const MAX_IDLE: usize = 1000;

/// The most bytes of an answer's head, and of its trailers: what the Functions host takes of a handler.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The connections to one upstream: one for each request under way, and a few that wait for the next.
#[derive(Clone, Debug)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
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
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            shared: Arc::new(Shared {
                address,
                idle: Mutex::default(),
            }),
        }
    }

    /// The kept connection that was used last, if there is one.
    pub(crate) fn kept(&self) -> Option<Lease> {
        let now = Instant::now();
        let mut idle = self.shared.idle();
        let mut connections = idle.connections.iter();
        let found = connections
            .rposition(|(since, lease)| *since + IDLE_TIMEOUT > now && lease.is_ready())?;
        let (_, lease) = idle.connections.remove(found);
        Some(lease)
    }

    /// A new connection.
    ///
    /// # Errors
    ///
    /// If nobody listens there.
    pub(crate) async fn connect(&self) -> io::Result<Lease> {
        let tcp = TcpStream::connect(self.shared.address).await?;
        // Without it a chunk may wait for the acknowledgement of the one before.
        tcp.set_nodelay(true)?;
        let heard = Arc::new(AtomicBool::new(false));
        let stream = TokioIo::new(Stream::new(tcp, Arc::clone(&heard)));
        let handshake = http1::Builder::new()
            .max_header_size(MAX_HEAD_BYTES)
            .max_buf_size(MAX_HEAD_BYTES)
            .handshake(stream);
        let (sender, connection) = handshake.await.map_err(io::Error::other)?;
        // What ends a connection is reported with the answer.
        let task = tokio::spawn(async { drop(connection.await) });
        Ok(Lease::new(sender, task.abort_handle(), heard))
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

impl Shared {
    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connections that have waited long enough. When the next one will have; `None` if none is left.
    fn end_idle(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut idle = self.idle();
        let waiting = |(since, _): &(Instant, Lease)| *since + IDLE_TIMEOUT > now;
        idle.connections.retain(waiting);
        let next = idle
            .connections
            .first()
            .map(|(since, _)| *since + IDLE_TIMEOUT);
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
