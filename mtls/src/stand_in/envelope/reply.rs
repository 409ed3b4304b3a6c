//! What the host makes of the handler's answer to an envelope (`DefaultHttpWorkerService.cs`,
//! `HttpScriptInvocationResultExtensions.cs`).

#[cfg(test)]
mod tests;

use bytes::Bytes;
use functions_handler::host::media_type::essence;
use functions_handler::host::{Function, Output};
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};

use super::http_output::HttpOutput;
use super::metadata::text_of;
use super::{Unusable, base64};
use crate::body::Body;
use crate::stand_in::http_client::Head;
use crate::stand_in::media_type::MediaType;
use crate::stand_in::newtonsoft::{Token, indented, read as read_json, text};

/// An invocation that the host takes for a success.
pub(crate) struct Answered {
    /// What the caller gets.
    pub(crate) response: Response<Body>,
    /// What goes to other bindings.
    pub(crate) outputs: Vec<Put>,
}

/// A value for an output binding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Put {
    /// The binding.
    pub(crate) output: Output,
    /// The value as text.
    pub(crate) text: String,
}

/// Why an invocation failed: the caller gets 500.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoReply {
    /// The host waits until the function times out: the answer is empty, or `null`.
    Nothing,
    /// A status that does not indicate success.
    Status(u16),
    /// A type that the host has no formatter for.
    ContentType,
    /// No JSON, or none of the envelope's shape.
    Json,
    /// An http output of another kind, or with a header that cannot be sent.
    Output,
}

impl NoReply {
    /// The reason as the request's line shows it.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Nothing => "host: hung, empty answer".to_owned(),
            Self::Status(status) => format!("host: handler said {status}"),
            Self::ContentType => "host: answer not JSON by type".to_owned(),
            Self::Json => "host: answer no envelope".to_owned(),
            Self::Output => "host: http output of another kind".to_owned(),
        }
    }
}

impl From<Unusable> for NoReply {
    fn from(_: Unusable) -> Self {
        Self::Output
    }
}

/// Reads an answer as the host does.
///
/// # Errors
///
/// [`NoReply`].
pub(in crate::stand_in) fn read(
    head: &Head,
    body: &Bytes,
    function: &Function,
) -> Result<Answered, NoReply> {
    if !(200..300).contains(&head.status) {
        return Err(NoReply::Status(head.status));
    }
    if body.is_empty() {
        return Err(NoReply::Nothing);
    }
    let kind = head.single(CONTENT_TYPE.as_str()).unwrap_or_default();
    if !matches!(essence(kind).as_str(), "application/json" | "text/json") {
        return Err(NoReply::ContentType);
    }
    let source = decoded(body, kind).ok_or(NoReply::Json)?;
    let root = read_json(&source).map_err(|_| NoReply::Json)?;
    if root == Token::Null {
        return Err(NoReply::Nothing);
    }
    let outputs = outputs(&root)?;
    let returned = root
        .member("ReturnValue")
        .filter(|value| **value != Token::Null);
    let value = |name: &str| match name {
        "$return" => returned,
        _ => outputs.and_then(|outputs| outputs.exact(name)),
    };
    let response = match function.http().map(|http| http.output.as_str()) {
        Some("$return") => match returned {
            Some(value) => HttpOutput::returned(value)?.into_response()?,
            None => no_content(),
        },
        Some(_) if outputs.is_none() => no_content(),
        Some(name) => HttpOutput::bound(value(name))?.into_response()?,
        None => no_content(),
    };
    let puts = function
        .outputs
        .iter()
        .flat_map(|output| puts(output, value(&output.name)));
    Ok(Answered {
        response,
        outputs: puts.collect(),
    })
}

/// The text of a body in the encoding of its type, or of its byte order mark; nothing where it is no text of that.
fn decoded(body: &[u8], kind: &str) -> Option<String> {
    let charset = MediaType::parse(kind);
    let charset = charset.as_ref().and_then(|kind| kind.parameter("charset"));
    let is_marked = body.starts_with(&[0xFF, 0xFE]) || body.starts_with(&[0xFE, 0xFF]);
    if is_marked {
        return Some(text_of(body));
    }
    if charset.is_some_and(|charset| charset.eq_ignore_ascii_case("utf-16")) {
        return Some(text_of(&[&[0xFF, 0xFE], body].concat()));
    }
    let unmarked = body.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(body);
    std::str::from_utf8(unmarked).ok().map(ToOwned::to_owned)
}

/// The outputs of an envelope of the right shape; none where it has none.
fn outputs(root: &Token) -> Result<Option<&Token>, NoReply> {
    let is_object = root.members().is_some();
    let logs_are_lines = match root.member("Logs") {
        None | Some(Token::Null) => true,
        Some(Token::Array(lines)) => lines.iter().all(Token::is_scalar),
        Some(_) => false,
    };
    match root.member("Outputs") {
        _ if !is_object || !logs_are_lines => Err(NoReply::Json),
        None | Some(Token::Null) => Ok(None),
        Some(outputs @ Token::Object(_)) => Ok(Some(outputs)),
        Some(_) => Err(NoReply::Json),
    }
}

fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// What arrives on a binding: of an array each element by itself, of an empty value nothing.
fn puts(output: &Output, value: Option<&Token>) -> Vec<Put> {
    let values = match value {
        Some(Token::Array(elements)) => elements.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    let texts = values.iter().map(|value| put(value, output.is_binary));
    let texts = texts.filter(|text| !text.is_empty());
    texts
        .map(|text| Put {
            output: output.clone(),
            text,
        })
        .collect()
}

/// A string that happens to be base64 arrives decoded, unless `dataType` is `binary`.
fn put(value: &Token, is_binary: bool) -> String {
    match value {
        Token::String(text) if !is_binary => match base64(text) {
            Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            None => text.clone(),
        },
        Token::Array(_) | Token::Object(_) => indented(value),
        other => text(other),
    }
}
