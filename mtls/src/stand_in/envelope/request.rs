//! The envelope that the handler receives.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::rfc3339;
use functions_handler::host::{Function, RouteValues, contract};
use http::header::{
    CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, TRANSFER_ENCODING, USER_AGENT,
};
use http::request::Parts;
use http::{Request, Version};
use rustls_pki_types::UnixTime;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::stand_in::dialect::{Invocation, Unsendable};
use crate::stand_in::header_rules::set;
use crate::stand_in::query;

/// One call of a function that is delivered by envelope.
pub(crate) struct Call<'a> {
    /// The function.
    pub(crate) function: &'a Function,
    /// The caller's head, as the front end decorated it.
    pub(crate) caller: &'a Parts,
    /// The decoded path that the host routed on.
    pub(crate) routed: &'a str,
    /// The values of the route's parameters.
    pub(crate) values: &'a RouteValues,
    /// The body; `None` for a request without a length.
    pub(crate) body: Option<&'a [u8]>,
}

/// The head of the post. No header is the caller's. The length is absent for an envelope in chunks, as in Azure;
/// under Core Tools it has one.
///
/// # Errors
///
/// [`Unsendable`], for a name that no path can hold.
pub(crate) fn head(
    function: &Function,
    length: Option<usize>,
    invocation: &Invocation,
) -> Result<Parts, Unsendable> {
    let (mut parts, ()) = Request::post(format!("/{}", function.name))
        .version(Version::HTTP_11)
        .body(())
        .map_err(|_| Unsendable::Malformed)?
        .into_parts();
    let (framing, length) = match length {
        Some(length) => (CONTENT_LENGTH, length.to_string()),
        None => (TRANSFER_ENCODING, "chunked".to_owned()),
    };
    let agent = format!("Azure-Functions-Host/{}", invocation.host_version);
    let host = format!("127.0.0.1:{}", invocation.port);
    for (name, value) in [
        (HOST, host.as_str()),
        (contract::HOST_VERSION_HEADER, invocation.host_version),
        (contract::INVOCATION_ID_HEADER, &invocation.id),
        (contract::TRACE_PARENT_HEADER, &invocation.trace_parent),
        (USER_AGENT, &agent),
        (CONTENT_TYPE, "application/json; charset=utf-8"),
        (framing, &length),
    ] {
        set(&mut parts.headers, name, value)?;
    }
    Ok(parts)
}

/// The text of the envelope.
pub(crate) fn text(call: &Call<'_>, now: UnixTime) -> Vec<u8> {
    let binding = call.function.trigger.binding();
    let mut request = json!({
        "Url": url(call),
        "Method": call.caller.method.as_str(),
        "Query": object(query::collected(raw_query(call))),
        "Headers": headers(&call.caller.headers),
        "Params": params(call),
        "Identities": [],
    });
    if let (Some(body), Some(request)) = (body(call), request.as_object_mut()) {
        request.insert("Body".to_owned(), body.into());
    }
    let data = Map::from_iter([(binding.to_owned(), request)]);
    json!({"Data": data, "Metadata": metadata(call, now)})
        .to_string()
        .into_bytes()
}

/// Unescaped path and raw query, as `GetDisplayUrl` writes them.
fn url(call: &Call<'_>) -> String {
    let header = |name: HeaderName| {
        let value = call.caller.headers.get(name)?;
        value.to_str().ok()
    };
    let scheme = header(contract::FORWARDED_PROTO_HEADER).unwrap_or("http");
    let host = header(HOST).unwrap_or_default();
    let query = call.caller.uri.query();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{host}{}{query}", call.routed)
}

fn raw_query<'a>(call: &Call<'a>) -> &'a str {
    call.caller.uri.query().unwrap_or_default()
}

/// Every header with all its values, which in an envelope stay apart.
fn headers(headers: &HeaderMap) -> Map<String, Value> {
    let names = headers.keys();
    let lists = names.map(|name| {
        let values = headers.get_all(name).iter();
        let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
        (name.to_string(), values.collect())
    });
    lists.collect()
}

/// The values of the route's parameters; `null` for those that the path leaves out.
fn params(call: &Call<'_>) -> Map<String, Value> {
    let names = call
        .function
        .http()
        .into_iter()
        .flat_map(|http| http.route.parameters());
    let params = names.map(|name| (name.to_owned(), call.values.get(name).into()));
    params.collect()
}

/// The body as text, or as base64 where its type says bytes. `None` for an empty body.
fn body(call: &Call<'_>) -> Option<String> {
    let body = call.body.filter(|body| !body.is_empty())?;
    let kind = call.caller.headers.get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    if essence == "application/octet-stream" || essence.starts_with("multipart/") {
        return Some(STANDARD.encode(body));
    }
    Some(String::from_utf8_lossy(body).into_owned())
}

/// What the binding collects besides. All but objects is encoded twice; a later source replaces an earlier one.
fn metadata(call: &Call<'_>, now: UnixTime) -> Map<String, Value> {
    let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    let query: Vec<(String, String)> = query::last(raw_query(call));
    let members: Option<Map<String, Value>> =
        call.body.and_then(|body| serde_json::from_slice(body).ok());
    let params = call.values.iter();
    let params = params.map(|(name, value)| (name.to_owned(), Value::from(value)));
    let own = query.iter().filter(|(name, _)| name != "code");
    let own = own.map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    let collected = members.into_iter().flatten().chain(own).chain(params);
    let mut metadata: Map<String, Value> = collected
        .filter(|(name, _)| !name.to_ascii_lowercase().ends_with("trigger"))
        .map(|(name, value)| (name, encoded_twice(value)))
        .collect();
    let headers = call.caller.headers.iter();
    let headers = headers.map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_string(), value)
    });
    metadata.insert("Query".to_owned(), object(query));
    metadata.insert("Headers".to_owned(), object(headers.collect()));
    let sys = json!({
        "MethodName": call.function.name,
        "UtcNow": rfc3339(seconds),
        "RandGuid": Uuid::new_v4().to_string(),
    });
    metadata.insert("sys".to_owned(), sys);
    metadata
}

fn encoded_twice(value: Value) -> Value {
    match value {
        Value::Object(_) => value,
        other => other.to_string().into(),
    }
}

fn object(pairs: Vec<(String, String)>) -> Value {
    let pairs = pairs.into_iter().map(|(key, value)| (key, value.into()));
    Value::Object(pairs.collect())
}

#[cfg(test)]
mod tests;
