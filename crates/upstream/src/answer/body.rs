//! The body of an answer, read from the upstream as the caller takes it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Body, Frame, Incoming, SizeHint};

use super::broken_off::BrokenOff;
use super::event_stream::{COMMENT, Position};
use super::quiet::Quiet;
use crate::pool::{Lease, Pool};
use crate::request::Progress;

/// How long an event stream is silent before a comment is added: often enough for every idle time-out on the way that is known,
/// the shortest of which are 30 s.
const COMMENT_INTERVAL: Duration = Duration::from_secs(20);

/// The body of an answer: the upstream's, or our own.
///
/// No byte of it is read before it is asked for, and none is kept. Dropped before its end, it ends the upstream's work on it.
#[derive(Debug)]
pub struct UpstreamBody(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Bytes),
    Streamed(Box<Streamed>),
}

/// What is known about an answer whose body is still to come.
pub(crate) struct Rest {
    pub(crate) incoming: Incoming,
    pub(crate) lease: Lease,
    /// Where the connection goes afterwards, if it can take another request.
    pub(crate) pool: Option<Pool>,
    /// Of the request.
    pub(crate) progress: Arc<Progress>,
    /// How long nothing may come.
    pub(crate) idle_timeout: Option<Duration>,
    /// Whether comments are added between events. Silence does not end the stream then.
    pub(crate) has_comments: bool,
    /// Removes from trailers what is not the caller's.
    pub(crate) clean_trailers: fn(&mut HeaderMap),
}

#[derive(Debug)]
struct Streamed {
    incoming: Incoming,
    connection: Option<Connection>,
    quiet: Quiet,
    /// How many parts of the request had been sent when it was last looked.
    sent_parts: u64,
    position: Option<Position>,
    clean_trailers: fn(&mut HeaderMap),
    /// It comes next.
    failure: Option<BrokenOff>,
}

/// The connection on which an answer comes.
#[derive(Debug)]
struct Connection {
    lease: Lease,
    pool: Option<Pool>,
    progress: Arc<Progress>,
}

impl UpstreamBody {
    /// A body of ours.
    pub(crate) fn whole(bytes: Bytes) -> Self {
        Self(Kind::Whole(bytes))
    }

    /// The upstream's body.
    pub(crate) fn streamed(rest: Rest) -> Self {
        let Rest {
            incoming,
            lease,
            pool,
            progress,
            idle_timeout,
            has_comments,
            clean_trailers,
        } = rest;
        let connection = Connection {
            lease,
            pool,
            progress,
        };
        if incoming.is_end_stream() {
            connection.finish();
            return Self::whole(Bytes::new());
        }
        let sent_parts = connection.progress.parts();
        let limit = if has_comments {
            Some(COMMENT_INTERVAL)
        } else {
            idle_timeout
        };
        Self(Kind::Streamed(Box::new(Streamed {
            incoming,
            connection: Some(connection),
            sent_parts,
            quiet: Quiet::new(limit),
            position: has_comments.then(Position::start),
            clean_trailers,
            failure: None,
        })))
    }
}

impl Connection {
    /// The answer is read to its end. The connection is kept if the request was sent to its end as well; one that the upstream
    /// answered early ends here, and the rest of the request with it.
    fn finish(self) {
        if let Some(pool) = self.pool.filter(|_| self.progress.is_whole()) {
            pool.keep(self.lease);
        }
    }
}

impl Streamed {
    /// A failure comes a turn late: hyper drops what it has not sent when a body fails, the head included, and sends it when a body
    /// waits. A caller that got nothing would repeat a request that the upstream has had.
    fn poll_late(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if let Some(failure) = self.failure.take() {
            return Poll::Ready(Some(Err(failure)));
        }
        match self.poll(context) {
            Poll::Ready(Some(Err(failure))) => {
                self.failure = Some(failure);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            other => other,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if self.connection.is_none() {
            return Poll::Ready(None);
        }
        let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) else {
            return self.poll_quiet(context).map(Some);
        };
        self.quiet.end();
        Poll::Ready(match frame {
            Some(Ok(frame)) => Some(Ok(self.passed(frame))),
            Some(Err(error)) => {
                self.connection = None;
                Some(Err(BrokenOff::Upstream(error)))
            }
            None => {
                self.finish();
                None
            }
        })
    }

    /// A part on its way.
    fn passed(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        let frame = match frame.into_trailers() {
            Ok(mut trailers) => {
                (self.clean_trailers)(&mut trailers);
                return Frame::trailers(trailers);
            }
            Err(frame) => frame,
        };
        if let Some((position, data)) = self.position.as_mut().zip(frame.data_ref()) {
            position.pass(data);
        }
        // A server does not ask for more once all bytes of the length are there.
        if self.incoming.is_end_stream() {
            self.finish();
        }
        frame
    }

    /// A comment in an event stream that is silent, or the end of an answer that is.
    fn poll_quiet(&mut self, context: &mut Context<'_>) -> Poll<Result<Frame<Bytes>, BrokenOff>> {
        let Poll::Ready(limit) = self.quiet.poll(context) else {
            return Poll::Pending;
        };
        self.quiet.end();
        let is_between_events = self.position.as_ref().map(Position::is_between_events);
        match is_between_events {
            Some(true) => Poll::Ready(Ok(Frame::data(Bytes::from_static(COMMENT)))),
            None if !self.has_sent_more() => {
                self.connection = None;
                Poll::Ready(Err(BrokenOff::TimedOut(limit)))
            }
            // The timer begins anew.
            _ => self.poll_quiet(context),
        }
    }

    /// Whether the request, which an upstream may answer before it is whole, has moved since this was last asked.
    fn has_sent_more(&mut self) -> bool {
        let connection = self.connection.as_ref();
        let parts = connection.map_or(0, |connection| connection.progress.parts());
        std::mem::replace(&mut self.sent_parts, parts) != parts
    }

    fn finish(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.finish();
        }
    }
}

impl Body for UpstreamBody {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match &mut self.get_mut().0 {
            Kind::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Kind::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Kind::Streamed(streamed) => streamed.poll_late(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(bytes) => bytes.is_empty(),
            Kind::Streamed(streamed) => streamed.connection.is_none() && streamed.failure.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => {
                SizeHint::with_exact(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
            }
            Kind::Streamed(streamed) if streamed.position.is_some() => SizeHint::default(),
            Kind::Streamed(streamed) => streamed.incoming.size_hint(),
        }
    }
}
