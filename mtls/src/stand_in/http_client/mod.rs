//! The client by which the host calls the handler: .NET's `SocketsHttpHandler` (`HttpConnection.cs`,
//! `HttpConnectionPool.cs`), which reads answers that hyper refuses and sends a request again that hyper sends once.

mod body;
mod connection;
mod head;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::request::Parts;
use tokio::net::TcpStream;

use crate::body::Body;
pub(super) use body::{Broken, length};
use connection::{Connection, Unanswered};
pub(super) use head::{Head, is_token_byte};

/// How long a connection is kept without use: .NET's `PooledConnectionIdleTimeout`.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// How many connections are kept. The host's number is unlimited; more than this helps no developer.
const MAX_IDLE: usize = 64;

/// How often a request goes out that the handler leaves unanswered by closing the connection (`HttpConnectionPool.cs`:
/// `MaxConnectionFailureRetries`, and the first time).
const SENDINGS: u32 = 4;

/// Connections to the handler, kept open between requests.
#[derive(Clone)]
pub(super) struct HttpClient {
    port: u16,
    idle: Arc<Mutex<Vec<Idle>>>,
}

struct Idle {
    stream: TcpStream,
    since: Instant,
}

/// What the handler answered.
pub(super) struct Answer {
    /// Its head; never an interim one but 101.
    pub(super) head: Head,
    /// Its body, which may still be arriving.
    pub(super) body: AnswerBody,
}

/// The rest of an answer.
pub(super) struct AnswerBody {
    /// Gone once the body is whole.
    connection: Option<Connection>,
    client: HttpClient,
    /// Whether the connection may serve another request.
    is_reusable: bool,
}

/// Why there is no answer; .NET throws an `HttpRequestException`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoAnswer {
    /// No connection could be made.
    NotConnected,
    /// The connection ended before an answer's head was whole.
    Closed,
    /// What came is no HTTP.
    NotHttp,
    /// The caller's body broke off, and with it the request.
    RequestBroken,
}

impl HttpClient {
    /// A client of the handler that listens on that port of 127.0.0.1.
    pub(super) fn new(port: u16) -> Self {
        Self {
            port,
            idle: Arc::default(),
        }
    }

    /// Sends a request and waits for the head of the answer. One without a body goes out up to four times where the
    /// handler closes the connection without a byte.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`].
    pub(super) async fn send(&self, request: &Parts, body: Body) -> Result<Answer, NoAnswer> {
        if request_has_body(request) {
            return self.send_once(request, body).await.map_err(NoAnswer::from);
        }
        for _ in 1..SENDINGS {
            match self.send_once(request, Body::empty()).await {
                Err(Unanswered::ClosedAtOnce) => {}
                result => return result.map_err(NoAnswer::from),
            }
        }
        let last = self.send_once(request, Body::empty()).await;
        last.map_err(NoAnswer::from)
    }

    async fn send_once(&self, request: &Parts, body: Body) -> Result<Answer, Unanswered> {
        let stream = match self.kept() {
            Some(stream) => stream,
            None => connect(self.port).await?,
        };
        let mut connection = Connection::new(stream);
        let head = connection.exchange(request, body).await?;
        let is_kept = match head.is_http_10 {
            true => head.lists("connection", "keep-alive"),
            false => !head.lists("connection", "close"),
        };
        let is_reusable = is_kept && connection.has_sent_all() && connection.answer_has_end();
        let body = AnswerBody {
            connection: Some(connection),
            client: self.clone(),
            is_reusable,
        };
        Ok(Answer { head, body })
    }

    /// A kept connection on which nothing has come: what has would be the end, or no answer to anything.
    fn kept(&self) -> Option<TcpStream> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(Idle { stream, since }) = idle.pop() {
            let nothing_came = stream
                .try_read(&mut [0])
                .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
            if nothing_came && since.elapsed() < IDLE_TIMEOUT {
                return Some(stream);
            }
        }
        None
    }

    fn keep(&self, stream: TcpStream) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MAX_IDLE {
            let since = Instant::now();
            idle.push(Idle { stream, since });
        }
    }
}

impl AnswerBody {
    /// The next bytes; nothing at the end.
    ///
    /// # Errors
    ///
    /// [`Broken`].
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        let Some(connection) = &mut self.connection else {
            return Ok(None);
        };
        let next = connection.next().await?;
        if next.is_none() {
            let connection = self.connection.take().filter(|_| self.is_reusable);
            if let Some(stream) = connection.and_then(Connection::into_idle) {
                self.client.keep(stream);
            }
        }
        Ok(next)
    }

    /// All of it.
    ///
    /// # Errors
    ///
    /// [`Broken`], also for one of more than `limit` bytes.
    pub(super) async fn whole(mut self, limit: usize) -> Result<Bytes, Broken> {
        let mut whole = Vec::new();
        while let Some(data) = self.next().await? {
            if whole.len() + data.len() > limit {
                return Err(Broken);
            }
            whole.extend_from_slice(&data);
        }
        Ok(whole.into())
    }
}

impl NoAnswer {
    /// The reason as the request's line shows it.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::NotConnected => "host: no connection to the handler",
            Self::Closed => "host: no answer, the handler closed the connection",
            Self::NotHttp => "host: no HTTP answer",
            Self::RequestBroken => "host: the caller's body broke off",
        }
    }
}

impl From<Unanswered> for NoAnswer {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::NotConnected => Self::NotConnected,
            Unanswered::ClosedAtOnce | Unanswered::Closed => Self::Closed,
            Unanswered::NotHttp => Self::NotHttp,
            Unanswered::RequestBroken => Self::RequestBroken,
        }
    }
}

/// Whether .NET's client sends content: a body of some length, or one in chunks.
pub(super) fn request_has_body(request: &Parts) -> bool {
    let length = request.headers.get(http::header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0")
        || request
            .headers
            .contains_key(http::header::TRANSFER_ENCODING)
}

async fn connect(port: u16) -> Result<TcpStream, Unanswered> {
    let connecting = TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port));
    let stream = connecting.await.map_err(|_| Unanswered::NotConnected)?;
    // Only latency is at stake.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}
