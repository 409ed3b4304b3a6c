//! Sending a request to the handler, and taking its answer.

use std::time::Duration;

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;

use super::StandIn;
use crate::body::{Body, Unbuffered};
use crate::connection_pool::NoAnswer;
use crate::stand_in::Dialect;

/// The largest answer that is buffered; .NET's client stops at 2 GB, which no developer's machine should hold.
pub(super) const ANSWER_BYTES: usize = 512 * 1024 * 1024;

/// A proxying host tries this often to connect (`RetryProxyHandler.cs`).
const CONNECTION_TRIES: u32 = 10;

/// The first pause between these tries; each is longer by as much, up to five times (`RetryProxyHandler.cs`).
const CONNECTION_PAUSE: Duration = Duration::from_millis(50);

impl StandIn {
    pub(super) async fn exchange(&self, request: Request<Body>) -> Result<Response<Body>, String> {
        match self.dialect {
            Dialect::Forwarding => self.post(request).await,
            Dialect::Proxying => {
                let response = self
                    .send_patiently(request)
                    .await
                    .map_err(|e| unreachable(&e))?;
                asked_for(response).map(|response| response.map(Body::arriving))
            }
        }
    }

    /// Sends a request once, and reads the whole answer.
    pub(super) async fn post(&self, request: Request<Body>) -> Result<Response<Body>, String> {
        let response = self.pool.send(request).await.map_err(|e| unreachable(&e))?;
        buffered(asked_for(response)?).await
    }

    /// A proxying host tries again where it could not even connect.
    async fn send_patiently(&self, request: Request<Body>) -> Result<Response<Incoming>, NoAnswer> {
        let (parts, mut body) = request.into_parts();
        let sized = body.is_sized();
        let bytes = body.buffer(usize::MAX).await.unwrap_or_default();
        for attempt in 1..CONNECTION_TRIES {
            let body = if sized {
                Body::buffered(bytes.clone())
            } else {
                Body::chunked(bytes.clone())
            };
            match self
                .pool
                .send(Request::from_parts(parts.clone(), body))
                .await
            {
                Err(NoAnswer::NotConnected(_)) => {
                    tokio::time::sleep(CONNECTION_PAUSE * attempt.min(5)).await;
                }
                result => return result,
            }
        }
        let body = if sized {
            Body::buffered(bytes)
        } else {
            Body::chunked(bytes)
        };
        self.pool.send(Request::from_parts(parts, body)).await
    }
}

/// The front end takes `Upgrade` out of every request, and without it the host's caller gets 500.
fn asked_for(response: Response<Incoming>) -> Result<Response<Incoming>, String> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err("host: unasked 101".to_owned());
    }
    Ok(response)
}

/// A forwarding host reads the whole answer before it passes anything on.
async fn buffered(response: Response<Incoming>) -> Result<Response<Body>, String> {
    let (parts, body) = response.into_parts();
    match Body::arriving(body).buffer(ANSWER_BYTES).await {
        Ok(bytes) => Ok(Response::from_parts(parts, Body::buffered(bytes))),
        Err(Unbuffered::TooLong) => Err("host: answer too long".to_owned()),
        Err(Unbuffered::Broken) => Err("host: answer broken off".to_owned()),
    }
}

fn unreachable(error: &NoAnswer) -> String {
    format!("host: {error}")
}
