//! HTTP/1.1 connections to one server, kept open between requests as the host keeps them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::body::Body;

/// How long a connection is kept without use: the minute of .NET's pool.
const IDLE: Duration = Duration::from_secs(60);

/// How many connections are kept. The host's number is unlimited; more than this helps no developer.
const KEPT: usize = 64;

/// Header lines of an answer; more is a defect of the server.
const ANSWER_HEADERS: usize = 1000;

/// How long a connection may take to be made; on loopback it takes none.
const CONNECT: Duration = Duration::from_secs(10);

/// Connections to one address.
#[derive(Clone)]
pub(crate) struct ConnectionPool {
    host: Arc<str>,
    port: u16,
    idle: Arc<Mutex<Vec<Kept>>>,
}

/// A connection without a request under way.
struct Kept {
    since: Instant,
    connection: SendRequest<Body>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// Nothing was sent: no connection could be made.
    NotConnected(std::io::Error),
    /// The connection broke, or what came was no HTTP.
    Broken(hyper::Error),
}

impl ConnectionPool {
    /// A pool without connections; `host` is a name or an address without brackets.
    pub(crate) fn new(host: &str, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            idle: Arc::default(),
        }
    }

    /// Sends a request and waits for the head of the answer.
    ///
    /// A kept connection that turns out to be closed is replaced once by a new one, if nothing was sent on it.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`].
    pub(crate) async fn send(
        &self,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let request = match self.take() {
            None => request,
            Some(kept) => match self.send_on(kept, request).await {
                Ok(response) => return Ok(response),
                Err((_, Some(unsent))) => unsent,
                Err((error, None)) => return Err(NoAnswer::Broken(error)),
            },
        };
        let new = self.connect().await?;
        self.send_on(new, request)
            .await
            .map_err(|(error, _)| NoAnswer::Broken(error))
    }

    async fn send_on(
        &self,
        mut connection: SendRequest<Body>,
        request: Request<Body>,
    ) -> Result<Response<Incoming>, (hyper::Error, Option<Request<Body>>)> {
        match connection.try_send_request(request).await {
            Ok(response) => {
                self.keep_when_free(connection);
                Ok(response)
            }
            Err(mut error) => {
                let unsent = error.take_message();
                Err((error.into_error(), unsent))
            }
        }
    }

    async fn connect(&self) -> Result<SendRequest<Body>, NoAnswer> {
        let connecting = TcpStream::connect((&*self.host, self.port));
        let stream = tokio::time::timeout(CONNECT, connecting)
            .await
            .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
            .map_err(NoAnswer::NotConnected)?;
        // The name is taken for this machine (RFC 6761, section 6.3), whatever a resolver makes of it.
        let is_here = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
        if self.host.eq_ignore_ascii_case("localhost") && !is_here {
            let error = std::io::Error::other("localhost resolves to another machine");
            return Err(NoAnswer::NotConnected(error));
        }
        // Only latency is at stake.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = Builder::new()
            .max_headers(ANSWER_HEADERS)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(NoAnswer::Broken)?;
        // A broken connection shows at the next use.
        tokio::spawn(connection);
        Ok(sender)
    }

    /// The connection takes the next request once the answer's body has been read.
    fn keep_when_free(&self, mut connection: SendRequest<Body>) {
        let idle = self.idle.clone();
        tokio::spawn(async move {
            if connection.ready().await.is_ok() {
                let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
                if idle.len() < KEPT {
                    let since = Instant::now();
                    idle.push(Kept { since, connection });
                }
            }
        });
    }

    fn take(&self) -> Option<SendRequest<Body>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|kept| kept.since.elapsed() < IDLE && !kept.connection.is_closed());
        idle.pop().map(|kept| kept.connection)
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected(error) => write!(f, "no connection: {error}"),
            Self::Broken(error) => write!(f, "no answer: {error}"),
        }
    }
}
