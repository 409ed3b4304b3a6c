//! The server behind the front end.

use std::net::IpAddr;
use std::sync::Arc;

use app_settings::Problem;
use http::header::{HeaderMap, HeaderValue, SERVER, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode, Uri};
use hyper::body::Incoming;

use super::authority;
use crate::body::Body;
use crate::connection_pool::{ConnectionPool, NoAnswer};
use crate::journal::{Exchange, Hop};
use crate::stand_in::{CurrentStandIn, KESTREL};

/// The host that gets the requests.
#[derive(Clone)]
pub(crate) enum Upstream {
    /// The stand-in for the Functions host, in this process.
    StandIn(Arc<CurrentStandIn>),
    /// Any server, over plain HTTP.
    Server(Arc<RemoteServer>),
}

/// A server at an `http://` address.
pub(crate) struct RemoteServer {
    pool: ConnectionPool,
    address: String,
}

impl Upstream {
    /// Passes a decorated request on and gives back what came.
    pub(crate) async fn answer(
        &self,
        mut request: Request<Body>,
        exchange: &mut Exchange,
        shown: bool,
    ) -> Response<Body> {
        match self {
            Self::StandIn(current) => {
                // Its body alone says whether it comes in chunks.
                request.headers_mut().remove(TRANSFER_ENCODING);
                let running = current.get();
                running.stand_in.answer(request, exchange).await
            }
            Self::Server(server) => server.answer(request, exchange, shown).await,
        }
    }
}

impl Upstream {
    /// Names the server that refuses a request which the front end need not pass on to know the answer.
    pub(super) fn sign(&self, refusal: &mut Response<Body>) {
        if let Self::StandIn(_) = self {
            refusal.headers_mut().insert(SERVER, KESTREL);
        }
    }
}

impl RemoteServer {
    /// Reads an address: `http://`, a host, a port, no path.
    ///
    /// Fails closed: hosts other than 127.0.0.0/8, `::1` and `localhost` are refused unless `dangerous`, because
    /// whoever reads that wire reads the requests, and whoever reaches that server can write the header themselves.
    ///
    /// # Errors
    ///
    /// Another scheme, a path, no host, not loopback.
    pub(crate) fn new(address: &str, dangerous: bool) -> Result<Self, Problem> {
        let problem = |text: &str| Problem::new("--upstream", format!("{text}, found {address:?}"));
        const EXPECTED: &str = "expected an address like http://127.0.0.1:7071";
        let uri: Uri = address.parse().map_err(|_| problem(EXPECTED))?;
        if uri.scheme_str() != Some("http") {
            return Err(problem(EXPECTED));
        }
        let named = uri.authority().map_or("", |authority| authority.as_str());
        let authority = authority::parse(named).ok_or_else(|| problem(EXPECTED))?;
        if !matches!(uri.path(), "/" | "") || uri.query().is_some() {
            return Err(problem(
                "expected no path, since requests keep their own path",
            ));
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        if !dangerous && !is_loopback(host) {
            return Err(problem(
                "expected this machine (127.0.0.1, ::1, localhost), since plain HTTP carries the header unprotected; add --dangerous-upstream if that is wanted",
            ));
        }
        Ok(Self {
            address: format!("http://{authority}"),
            pool: ConnectionPool::new(authority.as_str()),
        })
    }

    /// The address, as it is shown.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Streams both ways; 502 where the server does not answer, or answers what was not asked for.
    async fn answer(
        &self,
        request: Request<Body>,
        exchange: &mut Exchange,
        shown: bool,
    ) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        parts.version = http::Version::HTTP_11;
        if shown {
            exchange.hops.push(Hop::of("front end to upstream", &parts));
        }
        let sent = self.pool.send(Request::from_parts(parts, body)).await;
        match sent.map(|response| (unasked(&response), response)) {
            Ok((None, response)) => response.map(Body::arriving),
            Ok((Some(what), _)) => {
                exchange.stopped = Some(format!("upstream: unasked {what}"));
                let text = format!("{} sent {what} without being asked to.\n", self.address);
                plain(StatusCode::BAD_GATEWAY, &text)
            }
            Err(error) => {
                exchange.stopped = Some(match error {
                    NoAnswer::RequestBroken => "request-broken-off".to_owned(),
                    _ => format!("upstream: {error}"),
                });
                self.no_answer(&error)
            }
        }
    }

    fn no_answer(&self, error: &NoAnswer) -> Response<Body> {
        let (status, text) = match error {
            NoAnswer::NotConnected(_) => (
                StatusCode::BAD_GATEWAY,
                format!(
                    "Nothing answers at {}. Start it (for Azure Functions: func start) and call again.\n",
                    self.address
                ),
            ),
            NoAnswer::Broken(_) => (
                StatusCode::BAD_GATEWAY,
                format!("{} broke the connection off.\n", self.address),
            ),
            NoAnswer::RequestBroken => (
                StatusCode::BAD_REQUEST,
                "The request's body is malformed or ends early.\n".to_owned(),
            ),
            NoAnswer::Unsendable(_) => (
                StatusCode::BAD_GATEWAY,
                format!("No request to {} has such a target.\n", self.address),
            ),
        };
        plain(status, &text)
    }
}

/// What an answer brings that only a request can ask for, by headers that end at the front end: another protocol, or a
/// coding of the transfer beside chunks (RFC 9112, section 7.4), whose name would be lost.
fn unasked(response: &Response<Incoming>) -> Option<&'static str> {
    let codings = response.headers().get_all(TRANSFER_ENCODING);
    let is_chunked = |coding: &HeaderValue| coding.as_bytes().eq_ignore_ascii_case(b"chunked");
    match response.status() {
        StatusCode::SWITCHING_PROTOCOLS => Some("another protocol"),
        _ if codings.iter().all(is_chunked) => None,
        _ => Some("another transfer coding than chunked"),
    }
}

/// An answer in plain text.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::buffered(text.to_owned().into()));
    *response.status_mut() = status;
    let headers: &mut HeaderMap = response.headers_mut();
    if !text.is_empty() {
        let value = http::HeaderValue::from_static("text/plain; charset=utf-8");
        headers.insert(http::header::CONTENT_TYPE, value);
    }
    response
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_an_upstream_unless_danger_is_asked_for() {
        for address in [
            "http://127.0.0.1:7071",
            "http://localhost:7071/",
            "http://[::1]:1",
            "http://127.9.9.9",
        ] {
            assert!(RemoteServer::new(address, false).is_ok(), "{address}");
        }
        let refused = [
            "http://192.0.2.1:7071",
            "http://example.test",
            "http://localhost.example.test",
            "http://[2001:db8::1]:1",
            "http://2130706433",
        ];
        for address in refused {
            assert!(RemoteServer::new(address, false).is_err(), "{address}");
            assert!(RemoteServer::new(address, true).is_ok(), "{address}");
        }
    }

    #[test]
    fn what_is_no_plain_address_is_refused_even_then() {
        for address in [
            "https://127.0.0.1",
            "127.0.0.1:7071",
            "http://127.0.0.1/x",
            "http://a@127.0.0.1",
            "",
            "http://127.0.0.1?x",
            "http://127.0.0.1:",
            "http://127.0.0.1:65536",
        ] {
            let problem = RemoteServer::new(address, true).err().expect(address);
            assert!(problem.text().contains("found"), "{problem}");
        }
    }
}
