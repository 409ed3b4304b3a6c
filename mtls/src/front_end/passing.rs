//! One request on its way through the front end.

use functions_handler::host::contract;
use http::{Method, Request, Response, StatusCode, request};
use hyper::body::Incoming;
use uuid::Uuid;

use super::authority::{self, NoHost};
use super::certificate::Presented;
use super::decoration::{self, Facts};
use super::mode::Passage;
use super::server::{Connection, FrontEnd};
use super::upstream::plain;
use crate::body::Body;
use crate::journal::{Exchange, Hop, Line};

/// The text of the platform's 403.
const CERTIFICATE_REQUIRED: &str = "Client Certificate Required";

impl FrontEnd {
    /// One request, within the time that App Service grants.
    pub(super) async fn answer(
        &self,
        request: Request<Incoming>,
        connection: &Connection,
    ) -> Response<Body> {
        let mut line = Line::of(&request, &self.journal);
        let (parts, body) = request.into_parts();
        let body = Body::arriving(body);
        let exchange = line.exchange();
        exchange.certificate = connection.certificate.clone();
        exchange.sized = body.is_sized();
        let passing = self.pass(parts, body, connection, exchange);
        let mut response = match tokio::time::timeout(contract::FRONT_END_TIMEOUT, passing).await {
            Ok(response) => response,
            Err(_) => {
                line.stopped("front-end-time-out");
                plain(StatusCode::GATEWAY_TIMEOUT, "")
            }
        };
        *response.headers_mut() = decoration::end_to_end(response.headers());
        line.answered(response.status());
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
        let host = match authority::of(&parts, connection.port) {
            Ok(host) => host,
            Err(no_host) => {
                exchange.stopped = Some("one-host-expected".to_owned());
                let mut refusal = refuse(StatusCode::BAD_REQUEST, "", body).await;
                if no_host == NoHost::Malformed {
                    self.upstream.sign(&mut refusal);
                }
                return refusal;
            }
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
        match decoration::decorated(&parts.headers, &facts) {
            Ok(headers) if parts.method != Method::CONNECT => {
                parts.headers = headers;
                parts.uri = target.into();
                true
            }
            Ok(_) | Err(_) => false,
        }
    }
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
