//! Connections of any kind, as the pool makes them.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::lease::Lease;
use super::stream::Stream;
use crate::Connect;

/// The most bytes of an answer's head, and of its trailers: what the Functions host takes of a handler.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Makes connections, of whatever kind.
pub(super) trait Dial: Send + Sync {
    /// A new connection.
    ///
    /// # Errors
    ///
    /// If there is none.
    fn dial(&self) -> Pin<Box<dyn Future<Output = io::Result<Lease>> + Send + '_>>;
}

impl<C: Connect> Dial for C {
    fn dial(&self) -> Pin<Box<dyn Future<Output = io::Result<Lease>> + Send + '_>> {
        Box::pin(async {
            let heard = Arc::new(AtomicBool::new(false));
            let stream = Stream::new(self.connect().await?, Arc::clone(&heard));
            let handshake = http1::Builder::new()
                .max_header_size(MAX_HEAD_BYTES)
                .max_buf_size(MAX_HEAD_BYTES)
                .handshake(TokioIo::new(stream));
            let (sender, connection) = handshake.await.map_err(io::Error::other)?;
            // What ends a connection is reported with the answer.
            let task = tokio::spawn(async { drop(connection.await) });
            Ok(Lease::new(sender, task.abort_handle(), heard))
        })
    }
}
