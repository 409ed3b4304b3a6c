//! What a body answers.

use bytes::Bytes;
use http::{StatusCode, header};
use serde::Serialize;

/// The answer of a body: a status and a JSON document.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    content_type: &'static str,
    document: Bytes,
}

impl Reply {
    /// 200 with a JSON document.
    pub fn ok(document: &impl Serialize) -> Self {
        Self::new(StatusCode::OK, "application/json", document)
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
            },
            // Only a document with keys that are no text gets here.
            Err(_) => Self {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                content_type,
                document: Bytes::from_static(b"null"),
            },
        }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The HTTP response.
    pub(crate) fn into_response<B: From<Bytes>>(self) -> http::Response<B> {
        let mut response = http::Response::new(B::from(self.document));
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static(self.content_type),
        );
        response
    }
}
