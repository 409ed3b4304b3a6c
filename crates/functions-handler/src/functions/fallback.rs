//! Calls of functions that the app has no implementation of, as its fallback sees them.

use std::fmt;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use client_cert::Permit;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::{Body, Frame, SizeHint};

use super::head::Head;
use super::invocation::{BodyError, InvocationId};
use super::reply_body::StreamError;

/// What the registry holds for functions without an implementation.
pub(crate) type FallbackFn =
    Arc<dyn Fn(FallbackCall) -> BoxFuture<'static, Response<FallbackAnswer>> + Send + Sync>;

/// The body of a fallback's answer, whatever type it had.
pub(crate) type FallbackAnswer = UnsyncBoxBody<Bytes, StreamError>;

/// One call of a function that the app has no implementation of: see [`Registry::fallback`](super::Registry::fallback).
///
/// The decision is made: whoever is not admitted to a secured function never gets here. The request is as it came, with all
/// headers that a caller may have written, those included that look like somebody's identity; only [`FallbackCall::caller`]
/// says who is admitted.
#[non_exhaustive]
pub struct FallbackCall {
    /// The host's id of the call, or a fresh one.
    pub id: InvocationId,
    /// The function that was found: the name of its folder, or `http-handler1` and so on for a route of `host.json`.
    pub function: Arc<str>,
    /// What the host sent.
    pub delivery: Delivery,
    /// Method, target and headers, as they came; an envelope's are the host's own.
    pub head: Arc<Head>,
    /// Where the caller is, as the declared front end says; `None` where none is declared, or it says nothing. Nothing is
    /// decided by it.
    pub address: Option<IpAddr>,
    /// Who is admitted; `None` where nobody had to be: for a public function, and for a trigger without a caller.
    pub caller: Option<AdmittedCaller>,
    /// The body, all of it. In a raw request nothing of it has been read yet.
    pub body: FallbackBody,
}

/// Shows who calls what; headers and body may be secret.
impl fmt::Debug for FallbackCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FallbackCall")
            .field("id", &self.id)
            .field("function", &self.function)
            .field("delivery", &self.delivery)
            .field("caller", &self.caller)
            .finish_non_exhaustive()
    }
}

/// What the server behind a fallback answered, for the log: among the extensions of an answer, the call's line has it as
/// `upstreamStatus` and `upstreamMs`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UpstreamAnswer {
    /// The server's own status; `None` if it gave none.
    pub status: Option<StatusCode>,
    /// From the call until the head of the server's answer, or until it was given up.
    pub time: Duration,
}

/// What the host sent for a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Delivery {
    /// The caller's own request.
    Request,
    /// A JSON envelope with the caller's request in it, under the binding of this name; it is answered by an envelope.
    Envelope {
        /// The name of the HTTP trigger's binding.
        binding: String,
    },
    /// A JSON envelope of a trigger without a caller, as a timer.
    Trigger {
        /// The name of the trigger's binding.
        binding: String,
    },
}

/// A caller who is admitted, with the certificate that was presented.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AdmittedCaller {
    /// Proof of the admission: who, as which caller, by which rule.
    pub permit: Permit,
    /// The certificate that was decided upon.
    pub certificate: ForwardedCertificate,
}

impl AdmittedCaller {
    pub(crate) fn new(permit: Permit, certificate: ForwardedCertificate) -> Self {
        Self {
            permit,
            certificate,
        }
    }
}

/// The certificate of an admitted caller, as it was forwarded: one certificate, in standard base64 without any blank.
#[derive(Clone)]
pub struct ForwardedCertificate(HeaderValue);

impl ForwardedCertificate {
    /// From the value that was decided upon. `None` if it is not text, which no admitted value is.
    pub(crate) fn new(value: &[u8]) -> Option<Self> {
        let value = HeaderValue::from_bytes(value).ok()?;
        value.to_str().is_ok().then_some(Self(value))
    }

    /// Base64 of the DER encoding, as a header's value: that of `X-ARR-ClientCert`, and what lies between the colons of
    /// `Client-Cert` (RFC 9440, section 2.1).
    pub fn header_value(&self) -> &HeaderValue {
        &self.0
    }

    /// The same as a text.
    pub fn base64(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// The DER encoding. Decoded each time.
    pub fn der(&self) -> Vec<u8> {
        STANDARD.decode(self.0.as_bytes()).unwrap_or_default()
    }
}

/// Shows the length alone.
impl fmt::Debug for ForwardedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ForwardedCertificate")
            .field(&self.0.len())
            .finish()
    }
}

/// The body of a call that is handed on: data as it comes, then trailers. No byte is asked for before it is polled.
///
/// What is left of it when it is dropped is drained within bounds, so that the host gets to read the answer.
pub struct FallbackBody(UnsyncBoxBody<Bytes, BodyError>);

impl FallbackBody {
    pub(crate) fn new(body: impl Body<Data = Bytes, Error = BodyError> + Send + 'static) -> Self {
        Self(body.boxed_unsync())
    }
}

impl Body for FallbackBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    /// Exact where the caller announced a length.
    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl fmt::Debug for FallbackBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FallbackBody")
    }
}
