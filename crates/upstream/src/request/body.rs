//! The body of a request, read from its caller as the upstream takes it.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame, SizeHint};

use super::expectation::Expectation;
use super::progress::Progress;
use crate::headers::{Removal, clean_trailers};

type AnyError = Box<dyn Error + Send + Sync>;

/// The body of a request. No byte of it is read before the upstream takes it, and none is kept.
pub(crate) enum RequestBody {
    Empty,
    Streamed(Streamed),
}

pub(crate) struct Streamed {
    source: UnsyncBoxBody<Bytes, AnyError>,
    progress: Arc<Progress>,
    /// What is removed from trailers beside what is for one connection alone.
    removal: Option<Removal>,
    expectation: Option<Expectation>,
}

impl RequestBody {
    /// A body that reports its progress, and whose trailers are cleaned.
    pub(crate) fn of<B>(source: B, removal: Option<Removal>) -> (Self, Arc<Progress>)
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<AnyError>,
    {
        if source.is_end_stream() {
            return (Self::Empty, Arc::new(Progress::whole()));
        }
        let progress = Arc::new(Progress::default());
        let streamed = Streamed {
            source: source.map_err(Into::into).boxed_unsync(),
            progress: Arc::clone(&progress),
            removal,
            expectation: None,
        };
        (Self::Streamed(streamed), progress)
    }

    /// The same body, held back until the upstream asks for it.
    pub(crate) fn held_back(self, expectation: Expectation) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Streamed(streamed) => Self::Streamed(Streamed {
                expectation: Some(expectation),
                ..streamed
            }),
        }
    }
}

impl Streamed {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, AnyError>>> {
        if let Some(expectation) = &mut self.expectation {
            ready!(expectation.poll(context));
        }
        let frame = ready!(Pin::new(&mut self.source).poll_frame(context));
        self.progress.count();
        if frame.is_none() || self.source.is_end_stream() {
            self.progress.finish();
        }
        Poll::Ready(frame.map(|frame| frame.map(|frame| self.cleaned(frame))))
    }

    fn cleaned(&self, frame: Frame<Bytes>) -> Frame<Bytes> {
        match frame.into_trailers() {
            Ok(mut trailers) => {
                clean_trailers(&mut trailers, self.removal);
                self.progress.finish();
                Frame::trailers(trailers)
            }
            Err(frame) => frame,
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = AnyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, AnyError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Streamed(streamed) => streamed.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Streamed(streamed) => streamed.source.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Streamed(streamed) => streamed.source.size_hint(),
        }
    }
}
