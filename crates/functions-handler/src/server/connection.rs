//! One connection: a stream that waits for a request, and for the rest of its head, no longer than it should.

#[cfg(test)]
mod tests;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::host::contract;

use super::connections::Place;
use super::in_flight::Requests;
use super::leaving::Leaving;

/// How long a connection waits, by what it waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timeouts {
    /// For the rest of a head, once its first byte is there.
    head: Duration,
    /// For the next request.
    idle: Duration,
}

/// The host sends a head in one piece; Kestrel gives its own callers 30 s (`RequestHeadersTimeout`). Idle connections
/// outlive the host's pool, so that it never writes into one that is just being closed.
pub(super) const TIMEOUTS: Timeouts = Timeouts {
    head: Duration::from_secs(30),
    idle: contract::IDLE_TIMEOUT,
};

/// A TCP stream that ends when it has waited long enough, or is given up for another.
///
/// hyper has one time-out for heads and for idle connections, and sets a timer for every request. Here the one timer of a
/// connection is moved when it fires too early, and is otherwise left alone.
pub(super) struct Connection {
    stream: TcpStream,
    place: Place,
    requests: Requests,
    /// How many requests there had been when it was last read from.
    begun_before: u64,
    timeouts: Timeouts,
    /// Since when a head has been under way.
    begun: Option<Instant>,
    /// How much of it has been read.
    head_bytes: usize,
    /// Since when nothing has been.
    quiet: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    peer: Leaving,
}

impl Connection {
    /// A stream that has a place among all, on which these requests begin.
    pub(super) fn new(
        stream: TcpStream,
        place: Place,
        requests: Requests,
        timeouts: Timeouts,
    ) -> Self {
        Self {
            stream,
            place,
            requests,
            begun_before: 0,
            timeouts,
            begun: None,
            head_bytes: 0,
            quiet: None,
            timer: Box::pin(sleep(timeouts.idle)),
            peer: Leaving::default(),
        }
    }

    /// Notes what the connection waits for. True if it waits for a request or for the rest of a head.
    fn waits(&mut self) -> bool {
        let is_free = self.requests.are_answered();
        if !is_free || self.begun_before != self.requests.begun() {
            self.begun_before = self.requests.begun();
            self.begun = None;
            self.quiet = None;
            self.head_bytes = 0;
            self.place.wait_for_request();
        } else if self.head_bytes > 0 {
            // It is read from again, so what has been read is no whole head.
            self.place.wait_for_head(self.head_bytes);
        }
        is_free
    }

    /// Gives back what a head took once it is whole: nothing may be read for as long as its request is under way.
    fn note_whole_head(&mut self) {
        if self.head_bytes > 0 && self.begun_before != self.requests.begun() {
            self.head_bytes = 0;
            self.place.give_head_back();
        }
    }

    /// Ends the wait once it has been long enough.
    fn poll_timeout(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let end = match self.begun {
            Some(begun) => begun + self.timeouts.head,
            None => *self.quiet.get_or_insert_with(Instant::now) + self.timeouts.idle,
        };
        if self.timer.deadline() > end {
            self.timer.as_mut().reset(end);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            if Instant::now() >= end {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.timer.as_mut().reset(end);
        }
        Poll::Pending
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
        let waits = this.waits();
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if !waits {
            return read;
        }
        if this.place.is_given_up(context) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        match read {
            Poll::Ready(result) => {
                let bytes = buffer.filled().len() - before;
                if bytes > 0 {
                    this.begun.get_or_insert_with(Instant::now);
                    this.head_bytes += bytes;
                }
                Poll::Ready(result)
            }
            Poll::Pending => this.poll_timeout(context),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.peer.written();
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.peer.written();
        Pin::new(&mut this.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes each time that it waits for an answer or for more of its body, and does not read then: it lets peers
    /// close their side.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.note_whole_head();
        if this.requests.are_watched()
            && let Poll::Ready(error) = this.peer.poll(&this.stream, context)
        {
            return Poll::Ready(Err(error));
        }
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
