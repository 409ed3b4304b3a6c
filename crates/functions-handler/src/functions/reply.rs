//! What an implementation answers.

#[cfg(test)]
mod tests;

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

use super::outputs::Outputs;
use super::problem::{PROBLEM_JSON, Problem};
use super::reply_body::{ReplyBody, StreamError};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The answer of an implementation: status, headers and body, and values for other bindings.
///
/// ```
/// use functions_handler::functions::Reply;
/// use http::{StatusCode, header};
///
/// let reply = Reply::created(&["an", "order"]).with_header(header::LOCATION, "/api/orders/7");
/// assert_eq!(reply.status(), StatusCode::CREATED);
///
/// let reply: Reply = http::Response::builder()
///     .status(StatusCode::IM_A_TEAPOT)
///     .header("x-pot", "short and stout")
///     .body("tea")?
///     .into();
/// assert_eq!(reply.headers()["x-pot"], "short and stout");
/// # Ok::<(), http::Error>(())
/// ```
///
/// `Content-Length`, `Transfer-Encoding` and `Connection` describe the connection and are the server's: a reply's are
/// left out. Answers to admitted callers get `Cache-Control: no-store` unless the reply has a `Cache-Control` of its own.
///
/// A reply that no HTTP message can carry (a status below 200, a header with an impossible name or value, a document
/// that is not JSON) is a mistake of the implementation: the caller gets 500, nothing is put on any binding, and the log
/// says why.
pub struct Reply(Box<Parts>);

/// Boxed, so that a `Result` with a reply in it is small.
struct Parts {
    response: Response<ReplyBody>,
    outputs: Outputs,
    mistake: Option<&'static str>,
}

impl Reply {
    /// A status without a body.
    pub fn new(status: StatusCode) -> Self {
        Self::of(status, ReplyBody::default())
    }

    /// 200 with a JSON document.
    pub fn ok(document: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, document)
    }

    /// 201 with a JSON document.
    pub fn created(document: &impl Serialize) -> Self {
        Self::json(StatusCode::CREATED, document)
    }

    /// 202 with a JSON document: taken, and done later by somebody else.
    pub fn accepted(document: &impl Serialize) -> Self {
        Self::json(StatusCode::ACCEPTED, document)
    }

    /// A status with a JSON document.
    pub fn json(status: StatusCode, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(document) => Self::of(status, document).with_value(header::CONTENT_TYPE, JSON),
            Err(_) => Self::new(status).mistaken("the document is not JSON"),
        }
    }

    /// A status with a text.
    pub fn text(status: StatusCode, text: impl Into<String>) -> Self {
        const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
        Self::of(status, text.into()).with_value(header::CONTENT_TYPE, TEXT)
    }

    /// A status with a body of any type, as bytes or as a stream ([`ReplyBody::stream`]).
    ///
    /// A function that the host delivers by JSON envelope cannot stream: its body is read to its end first, and has to
    /// be UTF-8, since the host takes it as text.
    pub fn with_body(status: StatusCode, content_type: &str, body: impl Into<ReplyBody>) -> Self {
        Self::of(status, body).with_header(header::CONTENT_TYPE, content_type)
    }

    /// A problem document (RFC 9457): status, its phrase as title, and a detail for the caller.
    pub fn problem(status: StatusCode, detail: &str) -> Self {
        Self::json(status, &Problem::new(status, detail))
            .with_value(header::CONTENT_TYPE, PROBLEM_JSON)
    }

    /// With a header; a header of the same name is replaced.
    #[must_use]
    pub fn with_header<N, V>(self, name: N, value: V) -> Self
    where
        N: TryInto<HeaderName>,
        V: TryInto<HeaderValue>,
    {
        match (name.try_into(), value.try_into()) {
            (Ok(name), Ok(value)) => self.with_value(name, value),
            (Err(_), _) => self.mistaken("a header has an impossible name"),
            (_, Err(_)) => self.mistaken("a header has an impossible value"),
        }
    }

    /// With a value for the output binding of this name, as `function.json` spells it. A text arrives as it is.
    ///
    /// A name that is not an output binding of the function is a mistake of the implementation, as above.
    #[must_use]
    pub fn with_output(mut self, binding: &str, value: &impl Serialize) -> Self {
        self.0.outputs = std::mem::take(&mut self.0.outputs).with(binding, value);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &http::HeaderMap {
        self.0.response.headers()
    }

    /// The body, for tests of implementations.
    pub fn into_body(self) -> ReplyBody {
        self.0.response.into_body()
    }

    /// The HTTP response and the values for other bindings.
    ///
    /// # Errors
    ///
    /// What no HTTP message can carry.
    pub(crate) fn into_parts(self) -> Result<(Response<ReplyBody>, Outputs), &'static str> {
        let parts = *self.0;
        if let Some(mistake) = parts.mistake {
            return Err(mistake);
        }
        let mut response = parts.response;
        if response.status().is_informational() {
            return Err("the status is below 200, and no final answer");
        }
        for name in [
            header::CONTENT_LENGTH,
            header::TRANSFER_ENCODING,
            header::CONNECTION,
        ] {
            response.headers_mut().remove(name);
        }
        Ok((response, parts.outputs))
    }

    fn of(status: StatusCode, body: impl Into<ReplyBody>) -> Self {
        let mut response = Response::new(body.into());
        *response.status_mut() = status;
        response.into()
    }

    fn with_value(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.response.headers_mut().insert(name, value);
        self
    }

    /// The first mistake counts.
    fn mistaken(mut self, mistake: &'static str) -> Self {
        self.0.mistake.get_or_insert(mistake);
        self
    }
}

impl<B: Into<ReplyBody>> From<Response<B>> for Reply {
    fn from(response: Response<B>) -> Self {
        Self(Box::new(Parts {
            response: response.map(Into::into),
            outputs: Outputs::none(),
            mistake: None,
        }))
    }
}

/// A status without a body.
impl From<StatusCode> for Reply {
    fn from(status: StatusCode) -> Self {
        Self::new(status)
    }
}

/// For implementations that use `?`.
impl<T: Into<Reply>, E: Into<Reply>> From<Result<T, E>> for Reply {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(Into::into, Into::into)
    }
}

/// Shows the status; headers and body may be secret.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// The JSON document or text that a test of an implementation expects.
impl Reply {
    /// The whole body, for tests of implementations.
    ///
    /// # Errors
    ///
    /// What the stream of the body fails with.
    pub async fn into_bytes(self) -> Result<Bytes, StreamError> {
        self.into_body().into_bytes().await
    }
}
