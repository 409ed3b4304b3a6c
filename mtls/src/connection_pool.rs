//! HTTP/1.1 connections to one server, kept open between requests as the host keeps them.
//!
//! The pool is that of hyper-util's client. Ours are the address, which is another one than the request's `Host`, the
//! meaning of `localhost`, and whether a failed request was sent at all.

use std::error::Error as StdError;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::uri::{PathAndQuery, Scheme};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::net::lookup_host;
use tower_service::Service;

use crate::body::Body;

/// How long a connection is kept without use: the minute of .NET's pool.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// How many connections are kept. The host's number is unlimited; more than this helps no developer.
const MAX_IDLE: usize = 64;

/// Header lines of an answer; more is a defect of the server.
const MAX_ANSWER_HEADERS: usize = 1000;

/// How long a connection may take to be made; on loopback it takes none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections to one address.
///
/// The pool is that of hyper's client. It sends a request again, on another connection, only where a kept one turns out to
/// be closed before anything was sent on it.
#[derive(Clone)]
pub(crate) struct ConnectionPool {
    client: Client<HttpConnector<Resolver>, Body>,
    /// A host and a port.
    server: Arc<str>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// Nothing was sent: no connection could be made.
    NotConnected(Error),
    /// The connection broke, or what came was no HTTP.
    Broken(Error),
    /// The request's own body broke off, and the connection with it.
    RequestBroken,
    /// Nothing was sent: the request has a target that no request to a server can have.
    Unsendable(http::Error),
}

impl ConnectionPool {
    /// A pool without connections; `server` is a host with or without a port, as an address has it.
    pub(crate) fn new(server: &str) -> Self {
        let mut connector = HttpConnector::new_with_resolver(Resolver);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(MAX_IDLE)
            .http1_max_headers(MAX_ANSWER_HEADERS)
            .set_host(false)
            .build(connector);
        Self {
            client,
            server: server.into(),
        }
    }

    /// Sends a request and waits for the head of the answer. Its target keeps its path and query, its headers are sent as
    /// they are.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`].
    pub(crate) async fn send(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, NoAnswer> {
        let target = request.uri().path_and_query().cloned();
        let address = Uri::builder().scheme(Scheme::HTTP).authority(&*self.server);
        *request.uri_mut() = address
            .path_and_query(target.unwrap_or(PathAndQuery::from_static("/")))
            .build()
            .map_err(NoAnswer::Unsendable)?;
        self.client.request(request).await.map_err(NoAnswer::of)
    }
}

impl NoAnswer {
    fn of(error: Error) -> Self {
        let source = error.source().and_then(|source| source.downcast_ref());
        if error.is_connect() {
            Self::NotConnected(error)
        } else if source.is_some_and(hyper::Error::is_user) {
            Self::RequestBroken
        } else {
            Self::Broken(error)
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected(error) => write!(f, "no connection: {}", root_of(error)),
            Self::Broken(error) => write!(f, "no answer: {}", root_of(error)),
            Self::RequestBroken => f.write_str("no answer: the request's body broke off"),
            Self::Unsendable(error) => write!(f, "no request: {error}"),
        }
    }
}

/// The innermost cause: the client's own words say only at which step it failed.
fn root_of(error: &Error) -> &dyn StdError {
    let mut root: &dyn StdError = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root
}

/// What a name resolves to. `localhost` is this machine (RFC 6761, section 6.3), whatever a resolver makes of it.
#[derive(Clone)]
struct Resolver;

/// Where a connection to `localhost` is tried, in this order: `func` listens by IPv4.
const LOCALHOST: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            // The connector puts the port in place of 0.
            let addresses: Vec<SocketAddr> = match name.as_str().eq_ignore_ascii_case("localhost") {
                true => LOCALHOST.map(|address| (address, 0).into()).to_vec(),
                false => lookup_host((name.as_str(), 0)).await?.collect(),
            };
            Ok(addresses.into_iter())
        })
    }
}
