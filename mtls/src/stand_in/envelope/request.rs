//! The envelope that the handler receives.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use functions_handler::host::{Function, RouteValues, contract};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING, USER_AGENT};
use http::request::Parts;
use http::{Request, Version};

use super::metadata::{metadata, text_of};
use crate::stand_in::dialect::{Invocation, Unsendable};
use crate::stand_in::header_rules::set;
use crate::stand_in::http_client::length;
use crate::stand_in::kestrel::{canonical, place};
use crate::stand_in::newtonsoft::{Token, compact};
use crate::stand_in::{query, yarp};

/// What claims of names and of roles are called (`ClaimsIdentity.cs`).
const NAME_CLAIM: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const ROLE_CLAIM: &str = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role";

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

/// The text of the envelope; its members are in the host's order.
pub(crate) fn text(call: &Call<'_>, now: SystemTime) -> String {
    let mut request = vec![
        ("Url", url(call).into()),
        ("Method", call.caller.method.as_str().into()),
        ("Query", Token::object(query::collected(raw_query(call)))),
        ("Headers", Token::object(headers(call))),
        ("Params", params(call)),
        ("Identities", Token::Array(vec![anonymous()])),
    ];
    request.extend(body(call).map(|body| ("Body", body.into())));
    let data = Token::object([(call.function.trigger.binding(), Token::object(request))]);
    compact(&Token::object([
        ("Data", data),
        ("Metadata", metadata(call, now)),
    ]))
}

/// The one identity of a caller that the host has not authenticated, as Newtonsoft writes a `ClaimsIdentity`.
fn anonymous() -> Token {
    Token::object([
        ("AuthenticationType", Token::Null),
        ("IsAuthenticated", Token::Bool(false)),
        ("Actor", Token::Null),
        ("BootstrapContext", Token::Null),
        ("Claims", Token::Array(Vec::new())),
        ("Label", Token::Null),
        ("Name", Token::Null),
        ("NameClaimType", NAME_CLAIM.into()),
        ("RoleClaimType", ROLE_CLAIM.into()),
    ])
}

/// The path encoded afresh and the query as it was sent, as `GetEncodedUrl` writes them. The scheme is that of the host's
/// own connection: outside of App Service's plans it does not look at `X-Forwarded-Proto`.
fn url(call: &Call<'_>) -> String {
    let host = call.caller.headers.get(HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let query = call.caller.uri.query();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("http://{host}{}{query}", yarp::path_string(call.routed))
}

pub(super) fn raw_query<'a>(call: &Call<'a>) -> &'a str {
    call.caller.uri.query().unwrap_or_default()
}

/// Every header by the name that Kestrel gives it and in its order, with all its values. A body in chunks says so,
/// whatever the front end has taken away, and a length is a number.
pub(super) fn headers(call: &Call<'_>) -> Vec<(String, Vec<String>)> {
    let headers = &call.caller.headers;
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let values = match *name {
            CONTENT_LENGTH => values.map(|value| number(&value)).collect(),
            _ => values.collect(),
        };
        all.push((canonical(name).to_owned(), values));
    }
    if call.body.is_none() && !headers.contains_key(TRANSFER_ENCODING) {
        let name = canonical(&TRANSFER_ENCODING).to_owned();
        all.push((name, vec!["chunked".to_owned()]));
    }
    all.sort_by_key(|(name, _)| place(name));
    all
}

fn number(value: &str) -> String {
    length(value.as_bytes()).map_or_else(|| value.to_owned(), |length| length.to_string())
}

/// The values of the route's parameters; `null` for those that the path leaves out.
fn params(call: &Call<'_>) -> Token {
    let names = call
        .function
        .http()
        .into_iter()
        .flat_map(|http| http.route.parameters());
    Token::object(names.map(|name| (name, call.values.get(name))))
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
    Some(text_of(body))
}

#[cfg(test)]
mod tests;
