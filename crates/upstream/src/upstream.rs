//! A request is passed on, and its answer passed back.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Body;

use crate::answer::{Framing, Rest, framing, is_event_stream};
use crate::headers::{Removal, Rewriting, added, request_headers, response_headers, rewrite};
use crate::pool::Pool;
use crate::prefix::target;
use crate::problem::problem;
use crate::request::{
    Progress, RequestBody, expectation, expects_continue, frame, refused, unless_idle,
};
use crate::send::{Answered, Head, send};
use crate::{
    EnvelopeError, Exchange, Failure, Identity, Outside, Prefix, UpstreamBody, UpstreamOptions,
};

/// One server, to which requests are passed on. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Upstream {
    options: Arc<UpstreamOptions>,
    pool: Pool,
}

/// What of a call the answer depends on.
struct Call<'a> {
    method: Method,
    outside: &'a Outside,
    /// What was taken off its path.
    stripped: Option<&'a Prefix>,
    progress: Arc<Progress>,
}

impl Upstream {
    /// An upstream without connections yet.
    pub fn new(options: UpstreamOptions) -> Self {
        let pool = Pool::new(options.address.socket());
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
        let answer = self.answer(request, identity, outside).await;
        let (mut response, exchange) = match answer {
            Ok((response, status, is_repeated)) => {
                let exchange = exchange(Some(status), begun.elapsed(), is_repeated, None);
                (response, exchange)
            }
            Err(failure) => {
                let response = problem(&failure, outside.invocation_id).map(UpstreamBody::whole);
                let exchange = exchange(None, begun.elapsed(), false, Some(failure));
                (response, exchange)
            }
        };
        response.extensions_mut().insert(exchange);
        response
    }

    /// An envelope of the Functions host in which the request of a trigger has the headers that [`Upstream::call`] would send. What
    /// else is in it stays byte for byte as it came. The result has no more bytes than the envelope and twice our headers.
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
    ) -> Result<(Response<UpstreamBody>, StatusCode, bool), Failure>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if let Some(failure) = refused(&request) {
            return Err(failure);
        }
        let progress = Arc::new(match request.body().is_end_stream() {
            true => Progress::whole(),
            false => Progress::default(),
        });
        let (target, is_stripped) = target(request.uri(), self.options.strip.as_ref());
        let (mut parts, body) = request.into_parts();
        let said_length = parts.headers.contains_key(CONTENT_LENGTH);
        let is_held_back = expects_continue(&parts.headers);
        request_headers(
            &mut parts.headers,
            &self.options,
            identity,
            outside,
            is_stripped,
        );
        frame(&mut parts.headers, &body, said_length);
        let call = Call {
            method: parts.method.clone(),
            outside,
            stripped: self.options.strip.as_ref().filter(|_| is_stripped),
            progress: Arc::clone(&progress),
        };
        let head = Head {
            method: parts.method,
            target,
            headers: parts.headers,
        };
        let request = self.request(head, body, progress, is_held_back);
        let limit = outside.idle_timeout;
        let answered = unless_idle(send(&self.pool, request), limit, &call.progress).await??;
        self.passed_back(answered, call)
    }

    fn request<B>(
        &self,
        head: Head,
        body: B,
        progress: Arc<Progress>,
        is_held_back: bool,
    ) -> Request<RequestBody>
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        if body.is_end_stream() {
            return head.with(RequestBody::Empty);
        }
        let body = RequestBody::new(body, progress, Removal::of(&self.options));
        let mut request = head.with(body);
        if is_held_back {
            let expectation = expectation(&mut request);
            request = request.map(|body| body.held_back(expectation));
        }
        request
    }

    fn passed_back(
        &self,
        answered: Answered,
        call: Call<'_>,
    ) -> Result<(Response<UpstreamBody>, StatusCode, bool), Failure> {
        let (mut parts, incoming) = answered.response.into_parts();
        let status = parts.status;
        let framing = framing(status, &parts.headers)?;
        let rewriting = Rewriting {
            address: &self.options.address,
            outside: call.outside,
            stripped: call.stripped,
        };
        response_headers(&mut parts.headers, &rewriting);
        let has_comments = self.options.event_stream_comments
            && framing.length.is_none()
            && is_event_stream(&parts.headers);
        say_length(&mut parts, framing);
        // The version is our server's affair.
        parts.version = Version::HTTP_11;
        let is_kept = framing.ends_for_certain(&call.method, status);
        let body = UpstreamBody::streamed(Rest {
            incoming,
            lease: answered.lease,
            pool: is_kept.then(|| self.pool.clone()),
            progress: call.progress,
            idle_timeout: call.outside.idle_timeout,
            has_comments,
        });
        Ok((
            Response::from_parts(parts, body),
            status,
            answered.is_repeated,
        ))
    }
}

/// Says the length in one line; a 204 has none (RFC 9110, section 8.6).
fn say_length(parts: &mut http::response::Parts, framing: Framing) {
    parts.headers.remove(CONTENT_LENGTH);
    let length = framing.length;
    if let Some(length) = length.filter(|_| parts.status != StatusCode::NO_CONTENT) {
        let length = HeaderValue::from(length);
        parts.headers.insert(CONTENT_LENGTH, length);
    }
}

fn exchange(
    status: Option<StatusCode>,
    time: Duration,
    is_repeated: bool,
    failure: Option<Failure>,
) -> Exchange {
    Exchange {
        status,
        time,
        is_repeated,
        failure,
    }
}
