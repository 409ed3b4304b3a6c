//! Whether the peer has left while its request is under way.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long a peer that has closed its side of the connection is waited for, while nothing is written to it.
///
/// Whether it listens on its side cannot be seen until something is written. The host's client never closes one side alone,
/// so it has left; this is for clients that say all they have to say, close, and read.
const LEFT_TIMEOUT: Duration = Duration::from_secs(2);

/// The peer of a connection, as far as it may have left.
#[derive(Debug, Default)]
pub(super) struct Leaving {
    /// Since it closed its side, or was last written to.
    wait: Option<Pin<Box<Sleep>>>,
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
        let wait = self
            .wait
            .get_or_insert_with(|| Box::pin(sleep(LEFT_TIMEOUT)));
        ready!(wait.as_mut().poll(context));
        Poll::Ready(io::ErrorKind::ConnectionAborted.into())
    }

    /// Something was written: the peer, if it has left, will say so.
    pub(super) fn written(&mut self) {
        self.wait = None;
    }
}
