//! The body of a request: bounded in size and in the time between its parts, and drained when nobody wants it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use http::HeaderMap;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::functions::BodyError;

use super::in_flight::InFlight;

/// How long a body may pause. The host has the whole body before it calls us and sends it over loopback;
/// when it streams (proxying), this is how long a caller may.
const BODY_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// How long an unwanted body is drained, so that the host gets to read our answer instead of an error; and no further than the
/// most that the host lets through. 100 MB over loopback take well under a second.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes of one body.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    /// May be read.
    pub(super) read: u64,
    /// Are drained, those that were read included.
    pub(super) drained: u64,
}

impl BodyLimits {
    pub(super) fn of(bytes: u64) -> Self {
        Self {
            read: bytes,
            drained: bytes,
        }
    }
}

/// A request's body on its way to a function.
///
/// No byte is read before the function asks. If it is dropped before its end, the rest is drained within bounds, after
/// which hyper closes the connection.
pub(super) struct RequestStream {
    incoming: Option<Incoming>,
    limits: BodyLimits,
    read: u64,
    pause: Option<Pin<Box<Sleep>>>,
    drain: bool,
    in_flight: InFlight,
}

impl RequestStream {
    pub(super) fn new(
        incoming: Incoming,
        headers: &HeaderMap,
        limits: BodyLimits,
        in_flight: InFlight,
    ) -> Self {
        // A caller that waits for 100 Continue has sent nothing, and will not after our answer.
        let drain = !headers.contains_key(http::header::EXPECT);
        Self {
            incoming: Some(incoming).filter(|incoming| !incoming.is_end_stream()),
            limits,
            read: 0,
            pause: None,
            drain,
            in_flight,
        }
    }

    fn poll_frames(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let Poll::Ready(frame) = Pin::new(incoming).poll_frame(context) else {
            return self.poll_pause(context).map(Some);
        };
        self.pause = None;
        Poll::Ready(match frame {
            None => {
                self.incoming = None;
                None
            }
            Some(Err(_)) => {
                self.incoming = None;
                Some(Err(BodyError::Interrupted))
            }
            Some(Ok(frame)) => Some(self.count(frame)),
        })
    }

    fn count(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, BodyError> {
        self.read = self.read.saturating_add(length(&frame));
        if self.read > self.limits.read {
            return Err(too_large(self.limits.read));
        }
        Ok(frame)
    }

    /// Ends the body when it has paused for too long.
    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<Result<Frame<Bytes>, BodyError>> {
        let pause = self
            .pause
            .get_or_insert_with(|| Box::pin(sleep(BODY_READ_TIMEOUT)));
        ready!(pause.as_mut().poll(context));
        self.incoming = None;
        Poll::Ready(Err(BodyError::Interrupted))
    }
}

/// The bytes of data in it: trailers have none.
fn length(frame: &Frame<Bytes>) -> u64 {
    let length = frame.data_ref().map_or(0, Bytes::len);
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// The body is longer than the host lets through.
pub(super) fn too_large(limit: u64) -> BodyError {
    BodyError::TooLarge {
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
    }
}

impl Body for RequestStream {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.get_mut().poll_frames(context)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for RequestStream {
    fn drop(&mut self) {
        let rest = self.incoming.take().filter(|rest| !rest.is_end_stream());
        if let Some(incoming) = rest.filter(|_| self.drain) {
            tokio::spawn(drain(
                incoming,
                self.read,
                self.limits.drained,
                self.in_flight.clone(),
            ));
        }
    }
}

/// Reads on until the end, a bound or an error, and drops what comes.
async fn drain(mut incoming: Incoming, mut read: u64, most: u64, _in_flight: InFlight) {
    let end = Instant::now() + DRAIN_TIMEOUT;
    while read < most {
        let left = end.saturating_duration_since(Instant::now());
        let Ok(Some(Ok(frame))) = timeout(left, incoming.frame()).await else {
            return;
        };
        read = read.saturating_add(length(&frame));
    }
}

/// What warp makes of a body, back as the type that functions read.
pub(super) fn chunks(
    stream: impl Stream<Item = Result<impl warp::Buf, warp::Error>> + Send + Sync + 'static,
) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + Sync + 'static {
    use futures_util::StreamExt as _;
    stream.map(|chunk| match chunk {
        Ok(mut chunk) => {
            let length = chunk.remaining();
            Ok(chunk.copy_to_bytes(length))
        }
        Err(error) => Err(cause(&error)),
    })
}

/// The error that [`RequestStream`] gave to warp.
fn cause(error: &warp::Error) -> BodyError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(cause) = error.downcast_ref::<BodyError>() {
            return cause.clone();
        }
        source = error.source();
    }
    BodyError::Interrupted
}
