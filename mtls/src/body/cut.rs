//! A body that ends before its time.

use std::error::Error;
use std::fmt;
use std::task::{Context, Poll};

use bytes::Bytes;

/// The sender of a body broke off.
#[derive(Debug)]
pub(crate) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body was broken off")
    }
}

impl Error for BrokenOff {}

/// Bytes after which the connection breaks off: fewer than the head announces.
pub(super) struct CutBody {
    bytes: Option<Bytes>,
    is_flushed: bool,
}

impl CutBody {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self {
            bytes: Some(bytes).filter(|bytes| !bytes.is_empty()),
            is_flushed: false,
        }
    }

    /// The bytes, then a pause in which they are written out, then the end.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, BrokenOff>>> {
        if let Some(bytes) = self.bytes.take() {
            return Poll::Ready(Some(Ok(bytes)));
        }
        if !std::mem::replace(&mut self.is_flushed, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(BrokenOff)))
    }
}
