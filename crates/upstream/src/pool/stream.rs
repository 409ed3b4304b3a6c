//! The stream of a connection to the upstream.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that notes whether anything came back, and reads on after its peer has stopped reading.
///
/// An upstream may answer before it has read the whole request and close its side (RFC 9112, section 9.3): the next write fails, but
/// the answer is there to be read. So a failed write ends nothing here. What is written after it is dropped, and the end of the
/// connection is found by reading.
pub(super) struct Stream<S> {
    inner: S,
    heard: Arc<AtomicBool>,
    is_deaf: bool,
}

impl<S> Stream<S> {
    /// `heard` becomes true as soon as a byte is read.
    pub(super) fn new(inner: S, heard: Arc<AtomicBool>) -> Self {
        Self {
            inner,
            heard,
            is_deaf: false,
        }
    }

    /// What a write did, if its peer still reads; else all `length` bytes are dropped.
    fn written(
        &mut self,
        result: Poll<io::Result<usize>>,
        length: usize,
    ) -> Poll<io::Result<usize>> {
        match result {
            Poll::Ready(Err(_)) => {
                self.is_deaf = true;
                Poll::Ready(Ok(length))
            }
            other => other,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.inner).poll_read(context, buffer);
        if buffer.filled().len() > before {
            this.heard.store(true, Ordering::Release);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.is_deaf {
            return Poll::Ready(Ok(bytes.len()));
        }
        let result = Pin::new(&mut this.inner).poll_write(context, bytes);
        this.written(result, bytes.len())
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let length = slices.iter().map(|slice| slice.len()).sum();
        if this.is_deaf {
            return Poll::Ready(Ok(length));
        }
        let result = Pin::new(&mut this.inner).poll_write_vectored(context, slices);
        this.written(result, length)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}
