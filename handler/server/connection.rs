//! One connection: a stream that does not wait for ever for the rest of a request's head.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long a head may take once its first byte is there. The host sends a head in one piece; Kestrel gives its
/// own callers 30 s (`RequestHeadersTimeout`).
const HEAD_TIME: Duration = Duration::from_secs(30);

/// Held while a request is being answered or its body is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Busy(Arc<()>);

impl Busy {
    /// Whether nobody else holds it: the connection waits for a head.
    fn is_free(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

/// A TCP stream with a deadline for heads. hyper's own time-out is for idle connections, which must live longer.
pub(super) struct Connection {
    stream: TcpStream,
    busy: Busy,
    begun: bool,
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Connection {
    /// The stream, and what tells it that a request is under way.
    pub(super) fn new(stream: TcpStream) -> (Self, Busy) {
        let busy = Busy::default();
        let connection = Self {
            stream,
            busy: busy.clone(),
            begun: false,
            deadline: None,
        };
        (connection, busy)
    }

    /// Ends the wait for a head that has begun and does not go on.
    fn poll_deadline(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.begun {
            return Poll::Pending;
        }
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(HEAD_TIME)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if !this.busy.is_free() {
            this.begun = false;
            this.deadline = None;
            return read;
        }
        match read {
            Poll::Ready(result) => {
                this.begun |= buffer.filled().len() > before;
                Poll::Ready(result)
            }
            Poll::Pending => this.poll_deadline(context),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
