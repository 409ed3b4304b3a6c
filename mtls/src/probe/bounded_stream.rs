//! A TCP connection that ends at its deadline, and what its TLS records show.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use crate::tls::{ContentTypes, Renegotiation};

/// Addresses of one name that are tried; a front end seldom has more than two.
const MAX_ADDRESSES: usize = 4;

/// The server's first bytes that are kept: a TLS 1.2 server's first flight with a long chain has a quarter of it.
const MAX_BEGINNING_BYTES: usize = 64 * 1024;

/// A connection. Every read and write fails with `TimedOut` once the deadline has passed, however little by little
/// the server sends.
pub(super) struct BoundedStream {
    beginning: Vec<u8>,
    deadline: Instant,
    received: ContentTypes,
    sent: ContentTypes,
    stream: TcpStream,
}

impl BoundedStream {
    /// Connects within `connect` and ends after `whole`, both from now.
    ///
    /// # Errors
    ///
    /// A name that cannot be resolved, or the last address's error.
    pub(super) fn open(
        host: &str,
        port: u16,
        connect: Duration,
        whole: Duration,
    ) -> io::Result<Self> {
        let deadline = Instant::now() + whole;
        let connected_by = Instant::now() + connect;
        let mut last = io::Error::new(ErrorKind::NotFound, "the name has no address");
        for address in (host, port).to_socket_addrs()?.take(MAX_ADDRESSES) {
            match TcpStream::connect_timeout(&address, left(connected_by)?) {
                Ok(stream) => {
                    // Only latency is at stake.
                    let _ = stream.set_nodelay(true);
                    return Ok(Self {
                        beginning: Vec::new(),
                        deadline,
                        received: ContentTypes::default(),
                        sent: ContentTypes::default(),
                        stream,
                    });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The first bytes that the server sent, up to a limit.
    pub(super) fn beginning(&self) -> &[u8] {
        &self.beginning
    }

    /// A second handshake under TLS 1.2, if there was one so far.
    pub(super) fn renegotiation(&self) -> Option<Renegotiation> {
        Renegotiation::of(self.sent.seen(), self.received.seen())
    }
}

impl Read for BoundedStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.deadline)?))?;
        let length = self.stream.read(buffer).map_err(timed_out)?;
        let room = MAX_BEGINNING_BYTES - self.beginning.len();
        let new = buffer.get(..length.min(room)).unwrap_or_default();
        self.beginning.extend_from_slice(new);
        self.received.take(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

impl Write for BoundedStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.deadline)?))?;
        let length = self.stream.write(bytes).map_err(timed_out)?;
        self.sent.take(bytes.get(..length).unwrap_or_default());
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// The time until `deadline`; the standard library does not accept a time-out of zero.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ErrorKind::TimedOut.into());
    }
    Ok(left)
}

/// Unix calls a time-out `WouldBlock`, on which OpenSSL would try again.
fn timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_server_that_sends_nothing_or_a_byte_at_a_time_is_given_up_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let dripping = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(5));
            }
        });
        let limit = Duration::from_millis(200);
        let mut stream = BoundedStream::open("127.0.0.1", port, limit, limit).unwrap();
        let mut seen = Vec::new();
        let error = stream.read_to_end(&mut seen).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(!seen.is_empty());
        assert_eq!(stream.beginning(), seen);
        drop(stream);
        dripping.join().unwrap();
    }
}
