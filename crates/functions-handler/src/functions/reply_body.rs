//! The body of an answer: whole, or a stream.

use std::fmt;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{Stream, StreamExt as _};
use sync_wrapper::SyncStream;

/// Why a stream broke off. The caller sees the connection end.
pub type StreamError = Box<dyn std::error::Error + Send + Sync>;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, StreamError>> + Send + Sync>>;

/// The body of a [`Reply`](super::Reply).
pub struct ReplyBody(Kind);

enum Kind {
    Whole(Bytes),
    Stream(Chunks),
}

impl ReplyBody {
    /// A body that is sent as it comes. An error ends the connection, since the status has been sent by then.
    ///
    /// ```
    /// use functions_handler::functions::{Reply, ReplyBody};
    /// use futures_util::stream;
    /// use http::StatusCode;
    ///
    /// let lines = stream::iter(["one\n", "two\n"].map(Ok::<_, std::io::Error>));
    /// let reply = Reply::with_body(StatusCode::OK, "text/plain", ReplyBody::stream(lines));
    /// ```
    pub fn stream<C, E>(chunks: impl Stream<Item = Result<C, E>> + Send + 'static) -> Self
    where
        C: Into<Bytes>,
        E: Into<StreamError>,
    {
        let chunks = chunks.map(|chunk| chunk.map(Into::into).map_err(Into::into));
        Self(Kind::Stream(Box::pin(SyncStream::new(chunks))))
    }

    /// The whole body, however long it is.
    ///
    /// # Errors
    ///
    /// What the stream fails with.
    pub async fn into_bytes(self) -> Result<Bytes, StreamError> {
        self.read(usize::MAX).await
    }

    /// The whole body, up to `limit` bytes.
    pub(crate) async fn read(self, limit: usize) -> Result<Bytes, StreamError> {
        let mut chunks = match self.0 {
            Kind::Whole(bytes) => return Ok(bytes),
            Kind::Stream(chunks) => chunks,
        };
        let mut whole = BytesMut::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk?;
            if whole.len().saturating_add(chunk.len()) > limit {
                return Err(format!("expected at most {limit} bytes, found more").into());
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    /// The bytes, or the stream.
    pub(crate) fn into_whole_or_stream(self) -> Result<Bytes, Chunks> {
        match self.0 {
            Kind::Whole(bytes) => Ok(bytes),
            Kind::Stream(chunks) => Err(chunks),
        }
    }
}

/// An empty body.
impl Default for ReplyBody {
    fn default() -> Self {
        Self(Kind::Whole(Bytes::new()))
    }
}

impl From<()> for ReplyBody {
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<Bytes> for ReplyBody {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Whole(bytes))
    }
}

impl From<Vec<u8>> for ReplyBody {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for ReplyBody {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for ReplyBody {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for ReplyBody {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl fmt::Debug for ReplyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::Whole(_) => "Whole",
            Kind::Stream(_) => "Stream",
        })
    }
}
