//! One look whether the server is ready.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use http::{Request, StatusCode, header};
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use rustix::process::Pid;
use tokio::net::TcpStream;

use super::ReadyWhen;
use crate::listen::Listen;
use crate::processes::{listeners, shows_listeners};

/// How long one connection, or one answer, may take.
const LOOK_LIMIT: Duration = Duration::from_secs(5);

/// How a probe names itself, so that it is recognised in the server's log.
const USER_AGENT: &str = "client-cert-gate/readiness";

/// What is looked at.
pub(crate) struct Target<'a> {
    pub(crate) listen: Listen,
    pub(crate) address: SocketAddr,
    pub(crate) ready_when: &'a ReadyWhen,
    /// The process whose descendants are the server's.
    pub(crate) keeper: Option<Pid>,
}

/// A server that is ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    pub(crate) address: SocketAddr,
    pub(crate) status: Option<StatusCode>,
}

/// Why the server is not ready yet.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum NotYet {
    /// Nothing accepts connections.
    Refused,
    /// A connection is accepted, and no answer came in time, or none that is HTTP.
    NoAnswer,
    /// It answers with a status that is not in the list.
    Status(StatusCode),
    /// Another program accepts connections there.
    AnotherProgram,
}

impl Target<'_> {
    /// Looks once, at each address in turn.
    ///
    /// # Errors
    ///
    /// What was found at the first address where anything was.
    pub(crate) async fn look(&self) -> Result<Found, NotYet> {
        let mut found = NotYet::Refused;
        for address in self.listen.dialled(self.address) {
            match self.look_at(address).await {
                Ok(status) => return Ok(Found { address, status }),
                Err(NotYet::Refused) => {}
                Err(other) if found == NotYet::Refused => found = other,
                Err(_) => {}
            }
        }
        Err(found)
    }

    async fn look_at(&self, address: SocketAddr) -> Result<Option<StatusCode>, NotYet> {
        let connected = tokio::time::timeout(LOOK_LIMIT, TcpStream::connect(address)).await;
        let Ok(Ok(stream)) = connected else {
            return Err(NotYet::Refused);
        };
        if self.listen == Listen::FreePort && self.is_ours(address).await == Some(false) {
            return Err(NotYet::AnotherProgram);
        }
        let ReadyWhen::Answers { path, statuses } = self.ready_when else {
            return Ok(None);
        };
        let answered = tokio::time::timeout(LOOK_LIMIT, ask(stream, address, path.as_str())).await;
        match answered {
            Ok(Ok(status)) if statuses.contains(status) => Ok(Some(status)),
            Ok(Ok(status)) => Err(NotYet::Status(status)),
            Ok(Err(_)) | Err(_) => Err(NotYet::NoAnswer),
        }
    }

    /// Whether the server's own processes listen there; nothing where that cannot be known.
    pub(crate) async fn is_ours(&self, address: SocketAddr) -> Option<bool> {
        let listening = self.listening().await?;
        if listening.iter().any(|own| takes(*own, address)) {
            return Some(true);
        }
        let shown = tokio::task::spawn_blocking(shows_listeners).await;
        shown.is_ok_and(|shown| shown).then_some(false)
    }

    /// Where the server's own processes listen, if that is not where it is dialled, as far as it is known.
    pub(crate) async fn elsewhere(&self) -> Vec<SocketAddr> {
        let listening = self.listening().await.unwrap_or_default();
        let dialled = self.listen.dialled(self.address);
        let is_dialled = |own: &SocketAddr| dialled.iter().any(|address| takes(*own, *address));
        if listening.iter().any(is_dialled) {
            return Vec::new();
        }
        listening
    }

    /// Where the server's own processes listen; nothing where that cannot be known.
    pub(crate) async fn listening(&self) -> Option<Vec<SocketAddr>> {
        let keeper = self.keeper?;
        let found = tokio::task::spawn_blocking(move || listeners(keeper)).await;
        found.ok().flatten()
    }
}

/// Whether a socket that listens on one address takes connections to another.
fn takes(listening: SocketAddr, dialled: SocketAddr) -> bool {
    let ip = listening.ip().to_canonical();
    listening.port() == dialled.port() && (ip.is_unspecified() || ip == dialled.ip())
}

async fn ask(stream: TcpStream, address: SocketAddr, path: &str) -> io::Result<StatusCode> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(io::Error::other)?;
    let request = Request::get(path)
        .header(header::HOST, address.to_string())
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(io::Error::other)?;
    let answer = async {
        let response = sender.send_request(request).await;
        response.map(|response| response.status())
    };
    let connection = tokio::spawn(connection);
    let status = answer.await;
    connection.abort();
    status.map_err(io::Error::other)
}

impl fmt::Display for NotYet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("nothing accepts connections there"),
            Self::NoAnswer => {
                f.write_str("it accepts connections, and does not answer the probe in time")
            }
            Self::Status(status) => write!(f, "it answers the probe with {}", status.as_u16()),
            Self::AnotherProgram => f.write_str("another program accepts connections there"),
        }
    }
}
