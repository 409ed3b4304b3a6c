//! A request of a caller becomes the one that the upstream gets.

use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Uri};
use hyper::body::Body;

use crate::call::Call;
use crate::headers::{Removal, request_headers};
use crate::prefix::target;
use crate::request::{InterimAnswers, Progress, RequestBody, expectation, expects_continue, frame};
use crate::{Identity, Outside, UpstreamOptions};

/// A request that is streamed, and what is known about it while it is under way.
pub(crate) struct Streamed {
    pub(crate) request: Request<RequestBody>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) interim: Arc<InterimAnswers>,
}

/// The request that the upstream gets, and what its answer depends on.
pub(crate) fn passed_on<'a, B>(
    options: &'a UpstreamOptions,
    request: Request<B>,
    identity: Option<&Identity>,
    outside: &'a Outside,
) -> (Request<RequestBody>, Call<'a>)
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (mut parts, body) = request.into_parts();
    let (target, is_stripped) = target(&parts.uri, options.strip.as_ref());
    parts.uri = Uri::from(target);
    request_headers(&mut parts.headers, options, identity, outside, is_stripped);
    let method = parts.method.clone();
    let streamed = streamed(parts, body, Some(Removal::of(options)));
    let call = Call {
        method,
        outside,
        stripped: options.strip.as_ref().filter(|_| is_stripped),
        progress: streamed.progress,
        interim: streamed.interim,
    };
    (streamed.request, call)
}

/// The request with this head, whose body is framed as it is, and read as the upstream takes it.
pub(crate) fn streamed<B>(mut parts: Parts, body: B, removal: Option<Removal>) -> Streamed
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let is_held_back = expects_continue(&parts.headers);
    frame(&mut parts.headers, &body);
    let (mut body, progress) = RequestBody::of(body, removal);
    let mut ask = None;
    if is_held_back {
        let (expectation, asked) = expectation();
        body = body.held_back(expectation);
        ask = Some(asked);
    }
    // Without what the caller's connection left among the extensions.
    let mut request = Request::new(body);
    let interim = InterimAnswers::to(&mut request, ask);
    *request.method_mut() = parts.method;
    *request.uri_mut() = parts.uri;
    *request.headers_mut() = parts.headers;
    Streamed {
        request,
        progress,
        interim,
    }
}
