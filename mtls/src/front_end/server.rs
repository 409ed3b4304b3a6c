//! Accepts connections, shakes hands, and passes requests on.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslRef};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_openssl::SslStream;

use super::certificate::Presented;
use super::closing::Closing;
use super::upstream::Upstream;
use super::{Demand, Listeners, ServerIdentity};
use crate::journal::Journal;

/// How long a handshake may take; App Service names no number, so a generous one for a slow machine.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a request's head may take, and how long a connection may stay idle: Kestrel's 30 seconds for the
/// first, within the front end's 4 minutes for the second.
const HEAD_READ_TIMEOUT: Duration = Duration::from_secs(30);

/// Bytes of request headers in all: App Service's front end takes 64 KB, which cannot be changed.
const MAX_HEADER_BYTES: usize = 64 * 1024;

/// Header lines that are parsed. More than the host takes, so that the host is the one to refuse.
const MAX_HEADERS: usize = 400;

/// Connections at a time over all sockets; more wait. A developer's machine sees a handful.
const MAX_CONNECTIONS: usize = 512;

/// The pause after the operating system refused a connection (too many open files).
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// A front end and its upstream.
pub(crate) struct FrontEnd {
    context: SslContext,
    pub(super) demand: Demand,
    pub(super) journal: Arc<Journal>,
    pub(super) pass_forged: bool,
    pub(super) server_certificate: String,
    pub(super) upstream: Upstream,
}

/// One listening socket.
struct Door {
    socket: TcpListener,
    port: u16,
    places: Arc<Semaphore>,
}

/// One connection after its handshake.
pub(super) struct Connection {
    pub(super) certificate: Option<Arc<Presented>>,
    pub(super) peer: SocketAddr,
    pub(super) port: u16,
    pub(super) tls_version: String,
}

impl FrontEnd {
    /// A front end; nothing listens yet.
    ///
    /// # Errors
    ///
    /// OpenSSL's, where it does not take the identity.
    pub(crate) fn new(
        identity: &ServerIdentity,
        demand: Demand,
        upstream: Upstream,
        pass_forged: bool,
        journal: Arc<Journal>,
    ) -> Result<Self, ErrorStack> {
        Ok(Self {
            context: identity.context(&demand)?,
            demand,
            journal,
            pass_forged,
            server_certificate: identity.description(),
            upstream,
        })
    }

    /// Serves until it is asked to close and has answered what it has; dropping it ends every connection.
    pub(crate) async fn serve(self, listeners: Listeners, closing: Closing) {
        let front_end = Arc::new(self);
        let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let mut accepting = JoinSet::new();
        for socket in listeners.sockets {
            let door = Door {
                socket,
                port: listeners.port,
                places: places.clone(),
            };
            accepting.spawn(front_end.clone().accept(door, closing.clone()));
        }
        while accepting.join_next().await.is_some() {}
    }

    async fn accept(self: Arc<Self>, door: Door, mut closing: Closing) {
        let mut connections = JoinSet::new();
        loop {
            let (stream, peer, place) = tokio::select! {
                accepted = door.next() => accepted,
                () = closing.asked() => break,
            };
            while connections.try_join_next().is_some() {}
            let conversing = self
                .clone()
                .converse(stream, peer, door.port, closing.clone());
            connections.spawn(async move {
                conversing.await;
                drop(place);
            });
        }
        // Nobody waits in the queue of a socket that is closed.
        drop(door);
        while connections.join_next().await.is_some() {}
    }

    /// One connection: the handshake, then its requests.
    async fn converse(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        port: u16,
        mut closing: Closing,
    ) {
        // Only latency is at stake.
        let _ = stream.set_nodelay(true);
        let stream = match tokio::time::timeout(HANDSHAKE_TIMEOUT, self.shake_hands(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return self.tell_failed_handshake(peer, &error),
            Err(_) => return,
        };
        let connection = Arc::new(Connection {
            certificate: presented(stream.ssl()),
            peer,
            port,
            tls_version: stream
                .ssl()
                .version_str()
                .trim_start_matches("TLSv")
                .to_owned(),
        });
        let service = service_fn(|request| {
            let (front_end, connection) = (self.clone(), connection.clone());
            async move { Ok::<_, Infallible>(front_end.answer(request, &connection).await) }
        });
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_READ_TIMEOUT)
            .max_header_size(MAX_HEADER_BYTES)
            .max_headers(MAX_HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(serving);
        // Where it fails, the caller hung up or sent no HTTP, which hyper has answered.
        tokio::select! {
            _ = &mut serving => {}
            () = closing.asked() => {
                serving.as_mut().graceful_shutdown();
                let _ = serving.await;
            }
        }
    }

    async fn shake_hands(
        &self,
        stream: TcpStream,
    ) -> Result<SslStream<TcpStream>, openssl::ssl::Error> {
        let mut stream = SslStream::new(Ssl::new(&self.context)?, stream)?;
        Pin::new(&mut stream).accept().await?;
        Ok(stream)
    }

    /// A caller that connects and leaves without a word, as port checks do, is not worth a line.
    fn tell_failed_handshake(&self, peer: SocketAddr, error: &openssl::ssl::Error) {
        let reason = error
            .ssl_error()
            .and_then(|stack| stack.errors().first())
            .and_then(openssl::error::Error::reason);
        if let Some(reason) = reason {
            let hint = match reason.contains("alert") || reason.contains("protocol") {
                true => "the caller must trust certs/ca.pem and speak TLS 1.2 or 1.3",
                false => "the caller may not hold its certificate's key",
            };
            self.journal.note(&format!(
                "the handshake with {peer} failed: {reason} ({hint})"
            ));
        }
    }
}

impl Door {
    /// The next connection, once there is a place for it.
    async fn next(&self) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        // The semaphore is never closed.
        let place = self.places.clone().acquire_owned().await.ok();
        loop {
            match self.socket.accept().await {
                Ok((stream, peer)) => return (stream, peer, place),
                Err(_) => tokio::time::sleep(ACCEPT_BACKOFF).await,
            }
        }
    }
}

fn presented(ssl: &SslRef) -> Option<Arc<Presented>> {
    let certificate = ssl.peer_certificate()?;
    Presented::of(&certificate).ok().map(Arc::new)
}
