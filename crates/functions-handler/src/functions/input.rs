//! What callers send, as types: JSON bodies and queries, and the answers to those that cannot be read.

use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use crate::host::media_type::is_json;

use super::invocation::{BodyError, Invocation};
use super::problem::{PROBLEM_JSON, Problem};
use super::reply::Reply;

/// The most bytes of a JSON body unless the implementation says otherwise: far more than most documents have, and far
/// less than the 100 MiB that the host lets through.
pub const JSON_BODY_LIMIT: usize = 1024 * 1024;

impl Invocation {
    /// The JSON document in the body, of at most [`JSON_BODY_LIMIT`] bytes.
    ///
    /// ```
    /// use functions_handler::functions::{Invocation, Reply};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Order {
    ///     item: String,
    /// }
    ///
    /// async fn order(mut invocation: Invocation) -> Result<Reply, Reply> {
    ///     let order: Order = invocation.json().await?;
    ///     Ok(Reply::created(&order.item))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// A problem document to answer with: 415 unless `Content-Type` is `application/json` or ends in `+json`; 413 beyond
    /// the limit; 400 for a body that is not JSON, not of this type, or did not arrive whole.
    pub async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Reply> {
        self.json_within(JSON_BODY_LIMIT).await
    }

    /// The same with a limit of the implementation's own, in bytes.
    ///
    /// # Errors
    ///
    /// As [`Invocation::json`].
    pub async fn json_within<T: DeserializeOwned>(&mut self, limit: usize) -> Result<T, Reply> {
        let kind = self.head.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok());
        if !kind.is_some_and(is_json) {
            let detail = "Expected a body of type application/json.";
            return Err(self.problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
        }
        let bytes = self.body.read(limit).await.map_err(|error| {
            let status = match error {
                BodyError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                BodyError::Interrupted => StatusCode::BAD_REQUEST,
            };
            self.problem(status, &format!("The body was not read: {error}."))
        })?;
        serde_json::from_slice(&bytes).map_err(|error| {
            let detail = format!("The body is not the expected JSON document: {error}.");
            self.problem(StatusCode::BAD_REQUEST, &detail)
        })
    }

    /// The pairs of the query, decoded, in their order. A forwarding host joins the values of a repeated name by commas.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        let query = self.head.uri.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The query as a type.
    ///
    /// # Errors
    ///
    /// A problem document to answer with: 400 for a query that is not of this type.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Reply> {
        let query = self.head.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(query).map_err(|error| {
            let detail = format!("The query is not the expected one: {error}.");
            self.problem(StatusCode::BAD_REQUEST, &detail)
        })
    }

    /// A problem document (RFC 9457) with the id of this call, under which the log has it.
    pub fn problem(&self, status: StatusCode, detail: &str) -> Reply {
        Reply::json(status, &Problem::new(status, detail).about(self.id))
            .with_header(header::CONTENT_TYPE, PROBLEM_JSON)
    }
}
