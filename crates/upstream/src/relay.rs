//! Requests are passed on as they are, to a server that gets to see nothing of ours.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use hyper::body::Body;

use crate::headers::{remove_hop_by_hop, renew_connection};
use crate::passed_back::{self, Passage};
use crate::passed_on::{self, Streamed};
use crate::pool::Pool;
use crate::request::{refused, unless_idle};
use crate::send::send;
use crate::{Connect, Failure, UpstreamBody};

/// One server, reached by whatever connection, to which requests are passed on as they are. Clones share its connections.
///
/// It streams as [`Upstream`](crate::Upstream) does, and adds and removes no header but those of one connection alone (RFC 9110,
/// section 7.6.1). Which requests may be passed on, and what `Host` says, is for the one who calls it.
#[derive(Clone, Debug)]
pub struct Relay {
    pool: Pool,
}

impl Relay {
    /// A server without connections yet. A connection without a request is kept for `idle_timeout`, which should be shorter than the
    /// server's.
    pub fn new(connect: impl Connect, idle_timeout: Duration) -> Self {
        Self {
            pool: Pool::new(connect, idle_timeout),
        }
    }

    /// Passes a request on, and its answer back: both streamed, with nothing held but a connection's buffers.
    ///
    /// Method, path, query, headers and body arrive as they came; a host in the target is left out. No byte of the body is read before
    /// the server takes it. If this, or the body of the answer, is dropped, the connection ends. `silence` is how long nothing may
    /// move, neither the request's body nor the answer; `None`: for ever.
    ///
    /// # Errors
    ///
    /// [`Failure`]: there is no answer, or none that can be passed on.
    pub async fn call<B>(
        &self,
        request: Request<B>,
        silence: Option<Duration>,
    ) -> Result<Response<UpstreamBody>, Failure>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if let Some(failure) = refused(&request) {
            return Err(failure);
        }
        let (mut parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().cloned();
        parts.uri = Uri::from(target.unwrap_or(PathAndQuery::from_static("/")));
        renew_connection(&mut parts.headers);
        let method = parts.method.clone();
        let Streamed {
            request,
            progress,
            interim,
        } = passed_on::streamed(parts, body, None);
        let mut is_repeated = false;
        let sent = interim.bounded(send(&self.pool, request, &mut is_repeated));
        let answered = unless_idle(sent, silence, &progress).await???;
        let passage = Passage {
            pool: &self.pool,
            method: &method,
            progress,
            idle_timeout: silence,
            event_stream_comments: false,
            clean_trailers: remove_hop_by_hop,
        };
        passed_back::streamed(answered, passage, remove_hop_by_hop)
    }
}
