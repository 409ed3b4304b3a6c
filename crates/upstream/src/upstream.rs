//! A request is passed on, and its answer passed back.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use hyper::body::Body;

use crate::connect::Tcp;
use crate::headers::{Removal, added, rewrite};
use crate::passed_back::passed_back;
use crate::passed_on::passed_on;
use crate::pool::Pool;
use crate::problem::problem;
use crate::request::{refused, unless_idle};
use crate::send::send;
use crate::{EnvelopeError, Exchange, Failure, Identity, Outside, UpstreamBody, UpstreamOptions};

/// How long a connection is kept without a request. Servers close theirs after a few seconds (uvicorn and Node after 5, gunicorn after
/// 2), and a request that is just being sent then is lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(2);

/// One server, to which requests are passed on. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Upstream {
    options: Arc<UpstreamOptions>,
    pool: Pool,
}

impl Upstream {
    /// An upstream without connections yet.
    pub fn new(options: UpstreamOptions) -> Self {
        let pool = Pool::new(Tcp(options.address.socket()), IDLE_TIMEOUT);
        Self {
            options: Arc::new(options),
            pool,
        }
    }

    /// Passes a request on, and its answer back: both streamed, with nothing held but a connection's buffers.
    ///
    /// Method, path, query and body arrive as they came; the headers are those of the page of this crate. An identity is given
    /// after a decision that admits the caller, and none on a public route. There is always an answer, with an [`Exchange`] among
    /// its extensions: where the upstream gave none that can be passed on, it is a problem document of ours. No byte of the body
    /// is read before the upstream takes it. If this, or the body of the answer, is dropped, the upstream's connection ends.
    pub async fn call<B>(
        &self,
        request: Request<B>,
        identity: Option<&Identity>,
        outside: &Outside,
    ) -> Response<UpstreamBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let begun = Instant::now();
        let mut is_repeated = false;
        let answer = self.answer(request, identity, outside, &mut is_repeated);
        let (mut response, status, failure) = match answer.await {
            Ok((response, status)) => (response, Some(status), None),
            Err(failure) => {
                let response = problem(&failure, outside.invocation_id);
                (response, None, Some(failure))
            }
        };
        response.extensions_mut().insert(Exchange {
            status,
            time: begun.elapsed(),
            is_repeated,
            failure,
        });
        response
    }

    /// An envelope of the Functions host in which the request of a trigger has the headers that [`Upstream::call`] would send. What
    /// else is in it stays byte for byte as it came. Our headers are written once for each request of the trigger, and once in `Metadata`.
    ///
    /// # Errors
    ///
    /// Text that is no envelope with a request of that trigger.
    pub fn envelope(
        &self,
        envelope: &[u8],
        trigger: &str,
        identity: Option<&Identity>,
        outside: &Outside,
    ) -> Result<Vec<u8>, EnvelopeError> {
        let lines = added(&self.options, identity, outside, false);
        rewrite(envelope, trigger, Removal::of(&self.options), &lines)
    }

    async fn answer<B>(
        &self,
        request: Request<B>,
        identity: Option<&Identity>,
        outside: &Outside,
        is_repeated: &mut bool,
    ) -> Result<(Response<UpstreamBody>, StatusCode), Failure>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if let Some(failure) = refused(&request) {
            return Err(failure);
        }
        let (request, call) = passed_on(&self.options, request, identity, outside);
        let sent = send(&self.pool, request, is_repeated);
        let sent = call.interim.bounded(sent);
        let answered = unless_idle(sent, outside.idle_timeout, &call.progress).await???;
        passed_back(&self.options, &self.pool, answered, call)
    }
}
