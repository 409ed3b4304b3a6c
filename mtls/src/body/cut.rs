//! A body that ends before its time.

use std::error::Error;
use std::fmt;

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
}

impl CutBody {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self {
            bytes: Some(bytes).filter(|bytes| !bytes.is_empty()),
        }
    }

    /// The bytes, then the end.
    pub(super) fn next(&mut self) -> Result<Bytes, BrokenOff> {
        self.bytes.take().ok_or(BrokenOff)
    }
}
