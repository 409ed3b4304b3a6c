//! What goes over the wire during the handshake, and the secrets that decrypt it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use openssl::ssl::SslRef;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use zeroize::Zeroizing;

use super::interruption::Phase;
use crate::tls::ContentTypes;

/// The most bytes that are kept of each direction. A handshake has some kilobytes; one whose server names hundreds of
/// authorities has about fifty.
const MAX_TAPE_BYTES: usize = 256 * 1024;

/// Bytes and secrets of one connection, up to [`Recorder::stop`]; content types of records to its end.
///
/// No safe call of OpenSSL says which certificates it sends, so the handshake is read from the wire. The two secrets
/// decrypt the handshake of this one connection under TLS 1.3 and nothing after it.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Recording>>);

/// What was recorded. It holds secrets and cannot be formatted.
#[derive(Default)]
pub(crate) struct Recording {
    pub(super) sent: Tape,
    pub(super) received: Tape,
    /// What both sides agreed on; `None` before the server's hello.
    pub(crate) negotiated: Option<Negotiated>,
    stopped: bool,
}

/// The version and cipher of a connection.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Negotiated {
    version: &'static str,
    cipher: &'static str,
}

impl Negotiated {
    /// What a connection uses; `None` before the server's hello.
    pub(super) fn of(ssl: &SslRef) -> Option<Self> {
        Some(Self {
            version: ssl.version_str(),
            cipher: ssl.current_cipher()?.name(),
        })
    }
}

impl fmt::Display for Negotiated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.version, self.cipher)
    }
}

/// One direction of a connection.
#[derive(Default)]
pub(super) struct Tape {
    /// The records of the handshake.
    pub(super) bytes: Vec<u8>,
    /// The secret of the handshake under TLS 1.3.
    pub(super) secret: Option<Zeroizing<Vec<u8>>>,
    /// The content types of all records, also of those after the handshake.
    pub(super) types: ContentTypes,
}

impl Recorder {
    /// The handshake is over; no byte of what follows is kept.
    pub(super) fn stop(&self, negotiated: Option<Negotiated>) {
        let mut recording = self.lock();
        recording.negotiated = negotiated;
        recording.stopped = true;
    }

    /// Takes one line of OpenSSL's key log: a label, the connection's number, a secret.
    pub(super) fn note_secret(&self, line: &str) {
        let mut words = line.split(' ');
        let label = words.next();
        let Some(secret) = words.nth(1).and_then(bytes_of_hexadecimal) else {
            return;
        };
        let mut recording = self.lock();
        match label {
            Some("CLIENT_HANDSHAKE_TRAFFIC_SECRET") => recording.sent.secret = Some(secret),
            Some("SERVER_HANDSHAKE_TRAFFIC_SECRET") => recording.received.secret = Some(secret),
            _ => {}
        }
    }

    /// What has been recorded so far.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Recording> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far the connection got.
    pub(crate) fn reached(&self) -> Phase {
        let recording = self.lock();
        if recording.negotiated.is_some() {
            Phase::Answer
        } else if recording.sent.bytes.is_empty() {
            Phase::Connect
        } else {
            Phase::Handshake
        }
    }

    fn note(&self, tape: impl FnOnce(&mut Recording) -> &mut Tape, bytes: &[u8]) {
        let mut recording = self.lock();
        let stopped = recording.stopped;
        let tape = tape(&mut recording);
        tape.types.take(bytes);
        if stopped {
            return;
        }
        let tape = &mut tape.bytes;
        let room = MAX_TAPE_BYTES.saturating_sub(tape.len()).min(bytes.len());
        tape.extend_from_slice(bytes.get(..room).unwrap_or_default());
    }
}

fn is_closed(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}

fn bytes_of_hexadecimal(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    digits
        .map(byte)
        .collect::<Option<Vec<u8>>>()
        .map(Zeroizing::new)
}

/// A stream whose bytes are recorded as they pass.
///
/// A write that fails because the server has closed the connection counts as done: the server's alert, which says why,
/// may still be unread, and reading finds the end of the connection as well.
pub(crate) struct Recorded<S> {
    stream: S,
    recorder: Recorder,
    received: usize,
}

impl<S> Recorded<S> {
    pub(super) fn new(stream: S, recorder: Recorder) -> Self {
        Self {
            stream,
            recorder,
            received: 0,
        }
    }

    /// How many bytes have come so far.
    pub(super) fn received(&self) -> usize {
        self.received
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorded<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let new = buffer.filled().get(before..).unwrap_or_default();
        self.recorder.note(|recording| &mut recording.received, new);
        self.received += new.len();
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Recorded<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        match polled {
            Poll::Ready(Ok(written)) => {
                let written = bytes.get(..written).unwrap_or_default();
                self.recorder.note(|recording| &mut recording.sent, written);
                polled
            }
            Poll::Ready(Err(error)) if is_closed(&error) => Poll::Ready(Ok(bytes.len())),
            Poll::Ready(Err(_)) | Poll::Pending => polled,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
