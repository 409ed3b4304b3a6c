//! One call of a function, as its implementation sees it.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::stream::Stream;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::host::RouteValues;

use super::head::Head;

/// The id of a call: a GUID in lower case, 36 characters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvocationId([u8; Hyphenated::LENGTH]);

impl InvocationId {
    pub(crate) fn new(id: Uuid) -> Self {
        let mut text = [0; Hyphenated::LENGTH];
        id.hyphenated().encode_lower(&mut text);
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        // Always hexadecimal digits and hyphens.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<InvocationId> for Uuid {
    fn from(id: InvocationId) -> Self {
        // Always the text of one.
        Self::try_parse(id.as_str()).unwrap_or_default()
    }
}

impl Serialize for InvocationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// One call of a function.
pub struct Invocation {
    /// The host's id of the call, or a fresh one.
    pub id: InvocationId,
    /// Method, path, query and headers.
    pub head: Arc<Head>,
    /// The values of the route's parameters.
    pub route_values: RouteValues,
    /// The values of input bindings other than the trigger, by their names; empty in a raw request.
    pub inputs: Map<String, Value>,
    /// The body of the request. In a raw request nothing of it has been read yet.
    pub body: RequestBody,
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("id", &self.id)
            .field("method", &self.head.method)
            .finish_non_exhaustive()
    }
}

/// The body of a request, as it comes. The server bounds its size and the time between its parts.
pub struct RequestBody {
    chunks: Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send + Sync>>,
}

impl RequestBody {
    /// A body from its parts.
    pub fn new(
        chunks: impl Stream<Item = Result<Bytes, BodyError>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            chunks: Box::pin(chunks),
        }
    }

    /// The next part, or `None` at the end.
    pub async fn chunk(&mut self) -> Option<Result<Bytes, BodyError>> {
        std::future::poll_fn(|context| self.chunks.as_mut().poll_next(context)).await
    }

    /// The whole body, up to `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`BodyError::TooLarge`] beyond the limit, and whatever interrupts the transfer.
    pub async fn read(&mut self, limit: usize) -> Result<Bytes, BodyError> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await {
            let chunk = chunk?;
            if whole.len().saturating_add(chunk.len()) > limit {
                return Err(BodyError::TooLarge { limit });
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestBody")
    }
}

/// Why a body did not arrive whole.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BodyError {
    /// More bytes than allowed: 413.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The connection broke, or nothing came for too long: 400.
    Interrupted,
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => {
                write!(f, "expected a body of at most {limit} bytes, found more")
            }
            Self::Interrupted => f.write_str(
                "expected the rest of the body, found the end of the connection or nothing for too long",
            ),
        }
    }
}

impl std::error::Error for BodyError {}
