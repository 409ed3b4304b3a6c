//! The bodies that front end and stand-in pass on.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::mpsc;

use crate::front_end::decoration::strip_trailers;

mod cut;

pub(crate) use cut::BrokenOff;
use cut::CutBody;

/// Bytes of a refused body that are read, so that the caller gets to see the answer.
const DRAINED_BYTES: usize = 1024 * 1024;

/// How long that may take.
const DRAIN: Duration = Duration::from_secs(2);

/// How long a caller may take to send the first bytes that it is asked for.
const BEGIN: Duration = Duration::from_millis(50);

/// A body in memory, or one that is still arriving.
///
/// One that breaks off pauses before it says so: hyper writes out the head and the bytes before it in that pause, and
/// otherwise drops them with the connection. Trailers of an arriving body are stripped as headers are; a buffered body has none.
pub(crate) struct Body {
    content: Content,
    sized: bool,
    /// Why it broke off, until its reader hears of it.
    broken: Option<Box<dyn Error + Send + Sync>>,
}

enum Content {
    Buffered(Full<Bytes>),
    Arriving(Incoming),
    /// What another task receives.
    Received(ReceivedBody),
    /// Bytes after which the connection breaks off: fewer than the head announces.
    Cut(CutBody),
    /// No byte ever comes.
    Never,
}

struct ReceivedBody {
    pieces: mpsc::Receiver<Result<Bytes, BrokenOff>>,
    length: Option<u64>,
}

/// Why a body was not buffered.
#[derive(Debug)]
pub(crate) enum Unbuffered {
    /// It is longer than the limit.
    TooLong,
    /// Its sender broke off.
    Broken,
}

impl Body {
    /// No body at all.
    pub(crate) fn empty() -> Self {
        Self::buffered(Bytes::new())
    }

    /// A body of known length.
    pub(crate) fn buffered(bytes: Bytes) -> Self {
        Self::of(Content::Buffered(Full::new(bytes)), true)
    }

    /// A body that was sent in chunks and will be sent on in chunks, whatever is known about its length.
    pub(crate) fn chunked(bytes: Bytes) -> Self {
        Self::of(Content::Buffered(Full::new(bytes)), false)
    }

    /// A body that is still arriving.
    pub(crate) fn arriving(incoming: Incoming) -> Self {
        let sized = incoming.size_hint().exact().is_some();
        Self::of(Content::Arriving(incoming), sized)
    }

    /// Pieces as another task receives them; `length` bytes in all, where that is announced.
    pub(crate) fn received(
        pieces: mpsc::Receiver<Result<Bytes, BrokenOff>>,
        length: Option<u64>,
    ) -> Self {
        let content = Content::Received(ReceivedBody { pieces, length });
        Self::of(content, length.is_some())
    }

    /// Bytes after which the connection breaks off.
    pub(crate) fn cut_short(bytes: Bytes) -> Self {
        Self::of(Content::Cut(CutBody::new(bytes)), false)
    }

    /// A body of which no byte ever comes.
    pub(crate) fn never() -> Self {
        Self::of(Content::Never, false)
    }

    fn of(content: Content, sized: bool) -> Self {
        Self {
            content,
            sized,
            broken: None,
        }
    }

    /// Whether it announces more bytes than that.
    pub(crate) fn is_longer_than(&self, limit: usize) -> bool {
        self.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX)
    }

    /// The next bytes; nothing at the end. Trailers are passed over.
    ///
    /// # Errors
    ///
    /// The sender's end.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Unbuffered>> {
        loop {
            match self.frame().await?.map(Frame::into_data) {
                Ok(Ok(data)) => return Some(Ok(data)),
                Ok(Err(_)) => {}
                Err(_) => return Some(Err(Unbuffered::Broken)),
            }
        }
    }

    /// Whether its length is known in advance.
    pub(crate) fn is_sized(&self) -> bool {
        self.sized
    }

    /// Reads all of it, up to `limit` bytes. Trailers are dropped.
    ///
    /// # Errors
    ///
    /// [`Unbuffered`]; a declared length over the limit is refused before anything is read.
    pub(crate) async fn buffer(&mut self, limit: usize) -> Result<Bytes, Unbuffered> {
        if self.is_longer_than(limit) {
            return Err(Unbuffered::TooLong);
        }
        match Limited::new(self, limit).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(Unbuffered::TooLong),
            Err(_) => Err(Unbuffered::Broken),
        }
    }

    /// Asks for the first bytes, so that a caller that waits to be asked for its body is asked.
    pub(crate) async fn begin(&mut self) {
        // What comes is of no use.
        let _ = tokio::time::timeout(BEGIN, self.frame()).await;
    }

    /// As [`Body::drain`], while the answer goes out.
    pub(crate) fn drain_later(mut self) {
        if !self.is_end_stream() {
            tokio::spawn(async move { self.drain().await });
        }
    }

    /// Reads a bounded rest and forgets it: a caller that is cut off while sending may never see the answer.
    pub(crate) async fn drain(&mut self) {
        let reading = async {
            let mut drained = 0;
            while drained < DRAINED_BYTES {
                match self.frame().await {
                    Some(Ok(frame)) => drained += frame.data_ref().map_or(0, Bytes::len),
                    Some(Err(_)) | None => break,
                }
            }
        };
        // A sender that is slower than that does not see the answer.
        let _ = tokio::time::timeout(DRAIN, reading).await;
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Box<dyn Error + Send + Sync>>>> {
        if let Some(error) = self.broken.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let frame = match &mut self.content {
            Content::Buffered(bytes) => Pin::new(bytes).poll_frame(context).map_err(Into::into),
            Content::Arriving(incoming) => {
                Pin::new(incoming).poll_frame(context).map_err(Into::into)
            }
            Content::Received(body) => {
                let piece = body.pieces.poll_recv(context);
                piece.map(|piece| Some(piece?.map(Frame::data).map_err(Into::into)))
            }
            Content::Cut(body) => {
                let piece = body.next().map(Frame::data);
                Poll::Ready(Some(piece.map_err(Into::into)))
            }
            Content::Never => Poll::Pending,
        };
        if let Poll::Ready(Some(Err(error))) = frame {
            self.broken = Some(error);
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        frame.map_ok(|mut frame| {
            if let Some(trailers) = frame.trailers_mut() {
                strip_trailers(trailers);
            }
            frame
        })
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            // An empty chunked body still has its last chunk to send.
            Content::Buffered(bytes) => self.sized && bytes.is_end_stream(),
            Content::Arriving(incoming) => incoming.is_end_stream(),
            Content::Received(_) | Content::Cut(_) | Content::Never => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Buffered(bytes) if self.sized => bytes.size_hint(),
            Content::Buffered(_) => SizeHint::default(),
            Content::Arriving(incoming) => incoming.size_hint(),
            Content::Received(body) => body
                .length
                .map_or_else(SizeHint::default, SizeHint::with_exact),
            Content::Cut(_) | Content::Never => SizeHint::default(),
        }
    }
}
