//! How an outcome goes to the host: as it is, or inside an envelope.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header, response};
use serde_json::{Map, Value};

use crate::functions::ReplyBody;
use crate::host::{EnvelopeReply, HttpAnswer, Output};

use super::failed::Failed;
use super::run::Finished;

/// What the host's formatter reads; it takes no other kind (`MediaTypeFormatter`).
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How the host delivered a call, and takes its answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialect<'a> {
    /// The caller's own request: the answer is the caller's.
    Raw,
    /// An envelope: the answer is the value of the http output of this name.
    Envelope { output: &'a str },
}

/// An answer that can be sent.
#[derive(Debug)]
pub(super) struct Rendered {
    pub(super) response: Response<ReplyBody>,
    /// What the caller gets: inside an envelope, the status that is inside.
    pub(super) status: StatusCode,
}

impl Dialect<'_> {
    /// What an implementation answered, as it is sent. `limit` is the most bytes of a body inside an envelope.
    pub(super) async fn render(self, finished: Finished, limit: u64) -> Result<Rendered, Failed> {
        let Finished { response, outputs } = finished;
        let status = response.status();
        let response = match self {
            Self::Raw => response,
            Self::Envelope { output } => {
                let (parts, body) = response.into_parts();
                let answer = inside(&parts, text(body, limit).await?);
                let reply =
                    with_outputs(EnvelopeReply::new().with_answer(output, &answer), outputs);
                wire(reply).map(Into::into)
            }
        };
        Ok(Rendered { response, status })
    }
}

/// An answer of the server's own, inside an envelope.
pub(super) fn enveloped(response: Response<Bytes>, output: &str) -> Response<Bytes> {
    let (parts, body) = response.into_parts();
    let answer = inside(&parts, String::from_utf8_lossy(&body).into_owned());
    wire(EnvelopeReply::new().with_answer(output, &answer))
}

/// The answer to a trigger.
pub(super) fn of_trigger(outputs: Vec<(Output, Value)>) -> Response<Bytes> {
    wire(with_outputs(EnvelopeReply::new(), outputs))
}

async fn text(body: ReplyBody, limit: u64) -> Result<String, Failed> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let body = body.read(limit).await;
    let body = body.map_err(|error| Failed::Reply(format!("the body broke off: {error}")))?;
    String::from_utf8(body.into()).map_err(|_| {
        Failed::Reply("the body is not UTF-8, and the host takes nothing else".to_owned())
    })
}

/// The answer that a raw caller would get, as the value of the http output.
fn inside(parts: &response::Parts, body: String) -> HttpAnswer {
    let mut headers = Map::new();
    for (name, value) in &parts.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        headers.insert(name.as_str().to_owned(), Value::from(value));
    }
    HttpAnswer {
        status_code: parts.status.as_u16(),
        headers,
        body,
    }
}

fn with_outputs(reply: EnvelopeReply, outputs: Vec<(Output, Value)>) -> EnvelopeReply {
    outputs.into_iter().fold(reply, |reply, (output, value)| {
        reply.with_output(&output, value)
    })
}

fn wire(reply: EnvelopeReply) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(reply.into_text()));
    response.headers_mut().insert(header::CONTENT_TYPE, JSON);
    response
}
