//! One connection: a stream that waits for a request, and for the rest of its head, no longer than it should.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::host::contract;

use super::in_flight::{Beginning, Requests};

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

/// A TCP stream that ends when it has waited long enough.
///
/// hyper has one time-out for heads and for idle connections, and sets a timer for every request. Here the one timer of a
/// connection is moved when it fires too early, and is otherwise left alone.
pub(super) struct Connection {
    stream: TcpStream,
    requests: Requests,
    /// How many requests there had been when it was last read from.
    begun_before: u64,
    timeouts: Timeouts,
    /// Since when a head has been under way.
    begun: Option<Instant>,
    /// Since when nothing has been.
    quiet: Option<Instant>,
    timer: Pin<Box<Sleep>>,
}

impl Connection {
    /// The stream, and what begins its requests.
    pub(super) fn new(stream: TcpStream, timeouts: Timeouts) -> (Self, Beginning) {
        let requests = Requests::default();
        let beginning = requests.beginning();
        let connection = Self {
            stream,
            requests,
            begun_before: 0,
            timeouts,
            begun: None,
            quiet: None,
            timer: Box::pin(sleep(timeouts.idle)),
        };
        (connection, beginning)
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
        let is_free = this.requests.are_answered();
        if !is_free || this.begun_before != this.requests.begun() {
            this.begun_before = this.requests.begun();
            this.begun = None;
            this.quiet = None;
        }
        let read = Pin::new(&mut this.stream).poll_read(context, buffer);
        if !is_free {
            return read;
        }
        match read {
            Poll::Ready(result) => {
                if buffer.filled().len() > before {
                    this.begun.get_or_insert_with(Instant::now);
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::runtime::Runtime;

    use super::*;

    /// Far enough apart for a busy machine.
    const SHORT: Duration = Duration::from_millis(100);
    const LONG: Duration = Duration::from_secs(2);

    /// A connection over loopback, and its peer.
    async fn accepted(timeouts: Timeouts) -> (Connection, Beginning, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let peer = TcpStream::connect(address).await.unwrap();
        let (connection, requests) = Connection::new(listener.accept().await.unwrap().0, timeouts);
        (connection, requests, peer)
    }

    /// How long a connection lives after its peer has sent some bytes.
    fn life(timeouts: Timeouts, bytes: &'static [u8]) -> Duration {
        Runtime::new().unwrap().block_on(async move {
            let (mut connection, _requests, mut peer) = accepted(timeouts).await;
            let begin = Instant::now();
            peer.write_all(bytes).await.unwrap();
            let mut buffer = Vec::new();
            let error = connection.read_to_end(&mut buffer).await.unwrap_err();
            assert_eq!(
                (error.kind(), buffer.as_slice()),
                (io::ErrorKind::TimedOut, bytes)
            );
            begin.elapsed()
        })
    }

    #[test]
    fn a_head_that_does_not_go_on_and_a_request_that_does_not_come_have_times_of_their_own() {
        let head = Timeouts {
            head: SHORT,
            idle: LONG,
        };
        assert!(
            life(head, b"GET").as_secs_f32() < 1.0,
            "a head is waited for as long as a head"
        );
        assert!(
            life(head, b"") >= LONG,
            "an idle connection outlives the time for a head"
        );
        let idle = Timeouts {
            head: LONG,
            idle: SHORT,
        };
        assert!(life(idle, b"GET") >= LONG, "a head under way is not idle");
        assert!(
            life(idle, b"").as_secs_f32() < 1.0,
            "nothing at all is idle"
        );
    }

    #[test]
    fn a_request_that_is_answered_between_two_reads_leaves_an_idle_connection() {
        let timeouts = Timeouts {
            head: SHORT,
            idle: LONG,
        };
        Runtime::new().unwrap().block_on(async move {
            let (mut connection, requests, mut peer) = accepted(timeouts).await;
            peer.write_all(b"GET").await.unwrap();
            let mut buffer = [0; 8];
            assert_eq!(connection.read(&mut buffer).await.unwrap(), 3);
            drop(requests.begin());
            let begin = Instant::now();
            let error = connection.read(&mut buffer).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(
                begin.elapsed() >= LONG,
                "the time for the head has ended with it"
            );
        });
    }

    #[test]
    fn a_request_under_way_is_waited_for_and_the_time_begins_anew_after_it() {
        let timeouts = Timeouts {
            head: SHORT,
            idle: SHORT,
        };
        Runtime::new().unwrap().block_on(async move {
            let (mut connection, requests, mut peer) = accepted(timeouts).await;
            let request = requests.begin();
            let mut buffer = [0; 8];
            let waiting = tokio::time::timeout(3 * SHORT, connection.read(&mut buffer)).await;
            assert!(
                waiting.is_err(),
                "no time runs while a request is under way"
            );
            drop(request);
            let begin = Instant::now();
            let error = connection.read(&mut buffer).await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(
                begin.elapsed() >= SHORT,
                "the time began with the end of the request"
            );
            peer.write_all(b"x").await.unwrap();
            drop(requests);
        });
    }
}
