//! How a server is reached.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How a server is reached: by TCP, or over whatever speaks HTTP/1.1 with it.
pub trait Connect: Send + Sync + 'static {
    /// A connection on which nothing of HTTP was sent yet.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// A new connection. A stream that ends early looks like a server that closed the connection.
    ///
    /// # Errors
    ///
    /// No connection. The error is kept as it is in [`Failure::Unreachable`](crate::Failure::Unreachable).
    fn connect(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}

impl<C: Connect> Connect for std::sync::Arc<C> {
    type Stream = C::Stream;

    fn connect(&self) -> impl Future<Output = io::Result<C::Stream>> + Send {
        C::connect(self)
    }
}

/// TCP, in the clear.
pub(crate) struct Tcp(pub(crate) SocketAddr);

impl Connect for Tcp {
    type Stream = TcpStream;

    async fn connect(&self) -> io::Result<TcpStream> {
        let tcp = TcpStream::connect(self.0).await?;
        // Without it a chunk may wait for the acknowledgement of the one before.
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }
}
