//! What a body answers.

use bytes::Bytes;
use http::{StatusCode, header};
use serde::Serialize;

use super::Outputs;

/// The answer of a body: a status, a JSON document, and values for other bindings.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    content_type: &'static str,
    document: Bytes,
    outputs: Outputs,
}

impl Reply {
    /// 200 with a JSON document.
    pub fn ok(document: &impl Serialize) -> Self {
        Self::new(StatusCode::OK, "application/json", document)
    }

    /// 202 with a JSON document: taken, and done later by somebody else.
    pub fn accepted(document: &impl Serialize) -> Self {
        Self::new(StatusCode::ACCEPTED, "application/json", document)
    }

    /// A problem document (RFC 9457) with its status.
    pub fn problem(status: StatusCode, document: &impl Serialize) -> Self {
        Self::new(status, "application/problem+json", document)
    }

    fn new(status: StatusCode, content_type: &'static str, document: &impl Serialize) -> Self {
        match serde_json::to_vec(document) {
            Ok(document) => Self {
                status,
                content_type,
                document: document.into(),
                outputs: Outputs::none(),
            },
            // Only a document with keys that are no text gets here.
            Err(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                content_type,
                document: Bytes::from_static(b"null"),
                outputs: Outputs::none(),
            },
        }
    }

    /// With a value for the output binding of this name, as `function.json` spells it. A text arrives as it is.
    ///
    /// A name that is no output binding of the function is a mistake of the body: the caller gets 500 and nothing is
    /// put on any binding.
    #[must_use]
    pub fn with_output(mut self, binding: &str, value: &impl Serialize) -> Self {
        self.outputs = self.outputs.with(binding, value);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The values for other bindings, taken out.
    pub(crate) fn take_outputs(&mut self) -> Outputs {
        std::mem::replace(&mut self.outputs, Outputs::none())
    }

    /// The HTTP response, without the values for other bindings.
    pub(crate) fn into_response(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.document);
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static(self.content_type),
        );
        response
    }
}
