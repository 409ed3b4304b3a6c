//! Whether the peer has left while its request is under way.
//!
//! A peer that has left and one that has sent all it has to send look the same on the wire: nothing more comes. HTTP/1.1 lets a peer
//! close one direction alone (RFC 9112, section 9.6, has servers do so before they close), so a caller that does so after a whole
//! request gets its answer, however long that takes; hyper's `half_close` is on for them. nginx and Go take such a caller for one
//! that has left. Here the system is asked: callers of a loopback address are on this machine, where a socket that is closed
//! in both directions has no owner any longer.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, Sleep, sleep};

use super::peer::{Peer, peer};

/// How soon after its end of sending a peer is looked at: closing a socket takes two steps, which a look may fall between.
const FIRST_LOOK: Duration = Duration::from_millis(5);

/// The longest time between two looks, each of which comes after twice the time of the one before: a peer may leave later.
const LAST_LOOK: Duration = Duration::from_secs(2);

/// How long a peer is waited for, while nothing is written to it, where the system does not tell whether it has left.
const UNKNOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// The peer of a connection, as far as it may have left.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// What is being done about a peer that sends nothing more.
    step: Option<Step>,
    /// Since when nothing has been written to it.
    quiet: Option<Instant>,
}

#[derive(Debug)]
enum Step {
    Waiting(Pin<Box<Sleep>>, Duration),
    Looking(JoinHandle<Peer>, Duration),
}

impl Leaving {
    /// Ready with the reason once the peer has left. What it sent and nobody has read yet hides that.
    pub(super) fn poll(
        &mut self,
        stream: &TcpStream,
        context: &mut Context<'_>,
    ) -> Poll<io::Error> {
        let mut byte = [0];
        match ready!(stream.poll_peek(context, &mut ReadBuf::new(&mut byte))) {
            Ok(0) => {}
            Ok(_) => return Poll::Pending,
            Err(error) => return Poll::Ready(error),
        }
        let ends = match (stream.local_addr(), stream.peer_addr()) {
            (Ok(own), Ok(peer)) => (own, peer),
            (Err(error), _) | (_, Err(error)) => return Poll::Ready(error),
        };
        while !ready!(self.poll_step(ends, context)) {}
        Poll::Ready(io::ErrorKind::ConnectionAborted.into())
    }

    /// One look, or the wait before it; true once the peer has left.
    fn poll_step(
        &mut self,
        (own, other): (SocketAddr, SocketAddr),
        context: &mut Context<'_>,
    ) -> Poll<bool> {
        let first = || Step::Waiting(Box::pin(sleep(FIRST_LOOK)), FIRST_LOOK);
        let quiet = *self.quiet.get_or_insert_with(Instant::now);
        let (next, has_left) = match self.step.get_or_insert_with(first) {
            Step::Waiting(wait, after) => {
                ready!(wait.as_mut().poll(context));
                (
                    Step::Looking(spawn_blocking(move || peer(own, other)), *after),
                    false,
                )
            }
            Step::Looking(look, after) => {
                let found = ready!(Pin::new(look).poll(context)).unwrap_or(Peer::Unknown);
                let next = (*after * 2).min(LAST_LOOK);
                let has_left = match found {
                    Peer::Gone => true,
                    Peer::Open => false,
                    Peer::Unknown => quiet.elapsed() >= UNKNOWN_TIMEOUT,
                };
                (Step::Waiting(Box::pin(sleep(next)), next), has_left)
            }
        };
        self.step = Some(next);
        Poll::Ready(has_left)
    }

    /// Something was written: the peer, if it has left, will say so.
    pub(super) fn written(&mut self) {
        self.quiet = None;
    }
}
