//! Accepts connections, shakes hands, and passes requests on.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use functions_handler::host::contract;
use http::header::{EXPECT, HOST, HeaderMap};
use http::{Method, Request, Response, StatusCode, Version, request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use openssl::error::ErrorStack;
use openssl::ssl::{Ssl, SslContext, SslRef};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_openssl::SslStream;
use uuid::Uuid;

use super::authority;
use super::certificate::Presented;
use super::decoration::{self, Facts};
use super::mode::Passage;
use super::upstream::{Upstream, plain};
use super::{Demand, Listeners, ServerIdentity};
use crate::body::Body;
use crate::journal::{Exchange, Hop, Journal};

/// How long a handshake may take; App Service names no number, so a generous one for a slow machine.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a request's head may take, and how long a connection may stay idle: Kestrel's 30 seconds for the
/// first, within the front end's 4 minutes for the second.
const HEAD: Duration = Duration::from_secs(30);

/// Bytes of request headers in all: App Service's front end takes 64 KB, which cannot be changed.
const HEADER_BYTES: usize = 64 * 1024;

/// Header lines that are parsed. More than the host takes, so that the host is the one to refuse.
const HEADERS: usize = 400;

/// Connections at a time; more wait. A developer's machine sees a handful.
const CONNECTIONS: usize = 512;

/// The pause after the operating system refused a connection (too many open files).
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The text of the platform's 403.
const CERTIFICATE_REQUIRED: &str = "Client Certificate Required";

/// A front end with what stands behind it.
pub(crate) struct FrontEnd {
    context: SslContext,
    demand: Demand,
    journal: Arc<Journal>,
    pass_forged: bool,
    server_certificate: String,
    upstream: Upstream,
}

/// One connection after its handshake.
struct Connection {
    certificate: Option<Arc<Presented>>,
    peer: SocketAddr,
    port: u16,
    tls_version: String,
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

    /// Serves until it is dropped; dropping it ends every connection.
    pub(crate) async fn serve(self, listeners: Listeners) {
        let front_end = Arc::new(self);
        let mut accepting = JoinSet::new();
        for socket in listeners.sockets {
            accepting.spawn(front_end.clone().accept(socket, listeners.port));
        }
        while accepting.join_next().await.is_some() {}
    }

    async fn accept(self: Arc<Self>, socket: TcpListener, port: u16) {
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let mut connections = JoinSet::new();
        loop {
            // The semaphore is never closed.
            let Ok(place) = places.clone().acquire_owned().await else {
                return;
            };
            while connections.try_join_next().is_some() {}
            match socket.accept().await {
                Ok((stream, peer)) => {
                    let front_end = self.clone();
                    connections.spawn(async move {
                        front_end.converse(stream, peer, port).await;
                        drop(place);
                    });
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    /// One connection: the handshake, then its requests.
    async fn converse(self: Arc<Self>, stream: TcpStream, peer: SocketAddr, port: u16) {
        // Only latency is at stake.
        let _ = stream.set_nodelay(true);
        let stream = match tokio::time::timeout(HANDSHAKE, self.shake_hands(stream)).await {
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
            .header_read_timeout(HEAD)
            .max_header_size(HEADER_BYTES)
            .max_headers(HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        // The caller hung up or sent no HTTP, which hyper has answered.
        let _ = serving.await;
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

    /// One request, within the time that App Service grants.
    async fn answer(&self, request: Request<Incoming>, connection: &Connection) -> Response<Body> {
        let began = Instant::now();
        let (parts, body) = request.into_parts();
        let mut exchange = Exchange {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            certificate: connection.certificate.clone(),
            ..Exchange::default()
        };
        let body = Body::arriving(body);
        exchange.sized = body.is_sized();
        let passing = self.pass(parts, body, connection, &mut exchange);
        let mut response = match tokio::time::timeout(contract::FRONT_END_TIMEOUT, passing).await {
            Ok(response) => response,
            Err(_) => {
                exchange.stopped = Some("front-end-time-out".to_owned());
                plain(StatusCode::GATEWAY_TIMEOUT, "")
            }
        };
        decoration::strip_connection(response.headers_mut());
        exchange.status = response.status().as_u16();
        exchange.elapsed = began.elapsed();
        self.journal.finished(exchange);
        response
    }

    async fn pass(
        &self,
        mut parts: request::Parts,
        mut body: Body,
        connection: &Connection,
        exchange: &mut Exchange,
    ) -> Response<Body> {
        if self.journal.shows_requests() {
            exchange.hops.push(Hop::of("caller to front end", &parts));
        }
        let Some(host) = host(&parts, connection.port) else {
            exchange.stopped = Some("one-host-expected".to_owned());
            return refuse(StatusCode::BAD_REQUEST, "", body).await;
        };
        let passage = self
            .demand
            .passage(parts.uri.path(), connection.certificate.is_some());
        let Passage::Forward {
            with_certificate,
            body_limit,
        } = passage
        else {
            exchange.stopped = Some("client-certificate-required".to_owned());
            return refuse(StatusCode::FORBIDDEN, CERTIFICATE_REQUIRED, body).await;
        };
        if !fits(&mut body, body_limit).await {
            exchange.stopped = Some("body-too-long-to-renegotiate".to_owned());
            return refuse(StatusCode::FORBIDDEN, "", body).await;
        }
        let certificate = connection
            .certificate
            .as_deref()
            .filter(|_| with_certificate);
        if !self.rewrite(&mut parts, &host, certificate, connection) {
            exchange.stopped = Some("bad-request".to_owned());
            return refuse(StatusCode::BAD_REQUEST, "", body).await;
        }
        let request = Request::from_parts(parts, body);
        self.upstream
            .answer(request, exchange, self.journal.shows_requests())
            .await
    }

    /// Makes the request the host's: origin form, one `Host`, the platform's headers. False where it cannot be one.
    fn rewrite(
        &self,
        parts: &mut request::Parts,
        host: &str,
        certificate: Option<&Presented>,
        connection: &Connection,
    ) -> bool {
        let Some(target) = parts.uri.path_and_query().cloned() else {
            return false;
        };
        let facts = Facts {
            peer: connection.peer,
            tls_version: &connection.tls_version,
            server_certificate: &self.server_certificate,
            host,
            target: target.as_str(),
            log_id: &Uuid::new_v4().to_string(),
            certificate: certificate.map(|certificate| certificate.base64.as_str()),
            pass_forged: self.pass_forged,
        };
        let Ok(host_value) = host.parse() else {
            return false;
        };
        if parts.method == Method::CONNECT
            || decoration::decorate(&mut parts.headers, &facts).is_err()
        {
            return false;
        }
        parts.headers.insert(HOST, host_value);
        // Hyper has answered it, or the body has been read.
        parts.headers.remove(EXPECT);
        parts.uri = target.into();
        true
    }
}

fn presented(ssl: &SslRef) -> Option<Arc<Presented>> {
    let certificate = ssl.peer_certificate()?;
    Presented::of(&certificate).ok().map(Arc::new)
}

/// The host that the caller named: by an absolute target, else by exactly one `Host`, which only HTTP/1.0 may lack.
fn host(parts: &request::Parts, port: u16) -> Option<String> {
    let named: Vec<&http::HeaderValue> = HeaderMap::get_all(&parts.headers, HOST).iter().collect();
    let host = match (parts.uri.authority(), named.as_slice()) {
        (_, [_, _, ..]) => return None,
        (Some(authority), _) => authority.as_str(),
        (None, [host]) => host.to_str().ok()?,
        (None, []) if parts.version == Version::HTTP_10 => {
            return Some(format!("localhost:{port}"));
        }
        (None, []) => return None,
    };
    authority::parse(host)?;
    Some(host.to_owned())
}

/// Reads the body where the platform limits it; false where it is longer.
async fn fits(body: &mut Body, limit: Option<usize>) -> bool {
    let Some(limit) = limit else {
        return true;
    };
    let sized = body.is_sized();
    let Ok(bytes) = body.buffer(limit).await else {
        return false;
    };
    *body = if sized {
        Body::buffered(bytes)
    } else {
        Body::chunked(bytes)
    };
    true
}

/// Answers without the host.
async fn refuse(status: StatusCode, text: &str, mut body: Body) -> Response<Body> {
    body.drain().await;
    plain(status, text)
}
