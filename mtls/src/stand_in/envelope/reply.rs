//! What the host makes of the handler's answer to an envelope.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use functions_handler::host::media_type::essence;
use functions_handler::host::{Function, Output};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use serde_json::{Map, Value};

/// What the host says where the handler names no type.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// An invocation that the host takes for a success.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What the caller gets.
    pub(crate) response: Response<Bytes>,
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
    Status(StatusCode),
    /// A type that the host has no formatter for.
    ContentType,
    /// No JSON, or no object.
    Json,
}

impl NoReply {
    /// The reason as the request's line shows it.
    pub(crate) fn reason(self) -> String {
        match self {
            Self::Nothing => "host: hung, empty answer".to_owned(),
            Self::Status(status) => format!("host: handler said {}", status.as_u16()),
            Self::ContentType => "host: answer not JSON by type".to_owned(),
            Self::Json => "host: answer no envelope".to_owned(),
        }
    }
}

/// Reads an answer as the host does (`DefaultHttpWorkerService.cs`).
///
/// # Errors
///
/// [`NoReply`].
pub(crate) fn read(response: &Response<Bytes>, function: &Function) -> Result<Answered, NoReply> {
    if !response.status().is_success() {
        return Err(NoReply::Status(response.status()));
    }
    if response.body().is_empty() {
        return Err(NoReply::Nothing);
    }
    if !is_formatted_json(response.headers().get(CONTENT_TYPE)) {
        return Err(NoReply::ContentType);
    }
    let root = match serde_json::from_slice(response.body()) {
        Ok(Value::Object(root)) => root,
        Ok(Value::Null) => return Err(NoReply::Nothing),
        _ => return Err(NoReply::Json),
    };
    let outputs = member(&root, "Outputs").and_then(Value::as_object);
    let value = |name: &str| match name {
        "$return" => member(&root, "ReturnValue"),
        _ => outputs.and_then(|outputs| member(outputs, name)),
    };
    let answer = function.http().and_then(|http| {
        let name = http.output.as_str();
        let value = value(name)?;
        Some(if name == "$return" {
            returned(value)
        } else {
            bound(value)
        })
    });
    let puts = function.outputs.iter().filter_map(|output| {
        let value = value(&output.name).filter(|value| !value.is_null())?;
        Some(Put {
            output: output.clone(),
            text: put(value, output.is_binary),
        })
    });
    Ok(Answered {
        response: answer.unwrap_or_default(),
        outputs: puts.collect(),
    })
}

/// What ASP.NET's formatter for JSON reads.
fn is_formatted_json(kind: Option<&HeaderValue>) -> bool {
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    matches!(essence(kind).as_str(), "application/json" | "text/json")
}

/// The value of an http output: `statusCode`, `headers`, `body`. A `status` is shadowed by the `StatusCode` of null
/// that the host makes, so the caller gets 200.
fn bound(value: &Value) -> Response<Bytes> {
    match value.as_object() {
        Some(fields) => answer(fields, member(fields, "statusCode")),
        None => Response::new(Bytes::new()),
    }
}

/// The return value: text is tried as base64, then as JSON; an object with `body` is an answer, any other the body.
fn returned(value: &Value) -> Response<Bytes> {
    let decoded = value
        .as_str()
        .map(|text| serde_json::from_str(&decoded(text)).unwrap_or_else(|_| value.clone()));
    let value = decoded.as_ref().unwrap_or(value);
    match value.as_object() {
        Some(fields) if member(fields, "body").is_some() => {
            let status = member(fields, "statusCode").filter(|status| !status.is_null());
            answer(fields, status.or_else(|| member(fields, "status")))
        }
        _ => typed(Response::new(text(value).into())),
    }
}

fn answer(fields: &Map<String, Value>, status: Option<&Value>) -> Response<Bytes> {
    let body = member(fields, "body").map(text).unwrap_or_default();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status.and_then(code).unwrap_or(StatusCode::OK);
    let headers = member(fields, "headers").and_then(Value::as_object);
    for (name, value) in headers.into_iter().flatten() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok();
        let value = HeaderValue::from_str(&text(value)).ok();
        if let Some((name, value)) = name.zip(value) {
            // A name that is there already is dropped.
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    typed(response)
}

fn typed(mut response: Response<Bytes>) -> Response<Bytes> {
    response.headers_mut().entry(CONTENT_TYPE).or_insert(TEXT);
    response
}

/// A number, or a text with one.
fn code(value: &Value) -> Option<StatusCode> {
    let code: u16 = text(value).parse().ok()?;
    StatusCode::from_u16(code).ok()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What arrives on a binding: a text that happens to be base64 arrives decoded, unless `dataType` is `binary`.
fn put(value: &Value, is_binary: bool) -> String {
    match value {
        Value::String(text) if !is_binary => decoded(text),
        other => text(other),
    }
}

/// .NET passes over blanks and line breaks in base64.
fn decoded(text: &str) -> String {
    let letters: String = text.split([' ', '\t', '\r', '\n']).collect();
    match STANDARD.decode(letters) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => text.to_owned(),
    }
}

/// The host reads names in any case.
fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = members
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}
