//! The request that the handler receives from a host that forwards. Pure.

use functions_handler::host::contract;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING, USER_AGENT};
use http::request::Parts;
use http::{Method, Request, Version};

use super::dialect::{Invocation, Unsendable};
use super::header_rules::{append, joined, set};
use super::{path, query};

/// Headers that .NET counts as content and refuses among a request's (`KnownHeaders.cs`); silently lost.
const LOST: [&str; 9] = [
    "allow",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-location",
    "content-md5",
    "content-range",
    "expires",
    "last-modified",
];

/// What is left of a request when the host has copied it into .NET's client.
///
/// `routed` is the decoded path that the host routed on; `length` the length of the buffered body, none for a
/// chunked one.
///
/// # Errors
///
/// [`Unsendable`]: the caller gets 500 and the handler is not called.
pub(crate) fn request(
    caller: &Parts,
    routed: &str,
    length: Option<usize>,
    invocation: &Invocation,
) -> Result<Parts, Unsendable> {
    let length = length.ok_or(Unsendable::Chunked)?;
    let query = query::forwarded(caller.uri.query().unwrap_or_default());
    let separator = if query.is_empty() { "" } else { "?" };
    let target = format!("{}{separator}{query}", path::forwarded(routed));
    let (mut parts, ()) = Request::builder()
        .method(caller.method.clone())
        .uri(target)
        .version(Version::HTTP_11)
        .body(())
        .map_err(|_| Unsendable::Malformed)?
        .into_parts();
    parts.headers = headers(&caller.headers, invocation)?;
    add_content_headers(&mut parts, caller, length)?;
    Ok(parts)
}

fn headers(caller: &HeaderMap, invocation: &Invocation) -> Result<HeaderMap, Unsendable> {
    let mut headers = joined(caller, ", ", |name| {
        !LOST.contains(&name.as_str())
            && ![CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING].contains(name)
    })?;
    let (version, id) = (invocation.host_version, &invocation.id);
    append(&mut headers, contract::HOST_VERSION_HEADER, version)?;
    append(&mut headers, contract::INVOCATION_ID_HEADER, id)?;
    let trace = contract::TRACE_PARENT_HEADER;
    if !headers.contains_key(&trace) {
        set(&mut headers, trace, &invocation.trace_parent)?;
    }
    let agent = headers
        .get(USER_AGENT)
        .and_then(|agent| agent.to_str().ok());
    let agent = user_agent(agent.unwrap_or_default(), invocation.host_version);
    set(&mut headers, USER_AGENT, &agent)?;
    Ok(headers)
}

/// `Content-Type` and `Content-Length` come back with a body only; methods that expect one say 0.
fn add_content_headers(parts: &mut Parts, caller: &Parts, length: usize) -> Result<(), Unsendable> {
    if length == 0 {
        if [Method::POST, Method::PUT, Method::PATCH].contains(&parts.method) {
            set(&mut parts.headers, CONTENT_LENGTH, "0")?;
        }
        return Ok(());
    }
    set(&mut parts.headers, CONTENT_LENGTH, &length.to_string())?;
    if let Some(kind) = caller.headers.get(CONTENT_TYPE) {
        let text = kind.to_str().map_err(|_| Unsendable::NonAscii)?;
        if !is_media_type(text) {
            return Err(Unsendable::ContentType);
        }
        set(&mut parts.headers, CONTENT_TYPE, text)?;
    }
    Ok(())
}

/// The host's name behind the caller's; before it, where .NET cannot parse the caller's.
fn user_agent(caller: &str, version: &str) -> String {
    let host = format!("Azure-Functions-Host/{version}");
    match caller {
        "" => host,
        _ if is_product_list(caller) => format!("{caller} {host}"),
        _ => format!("{host} {caller}"),
    }
}

/// Products (`name/version`) and comments in parentheses.
fn is_product_list(text: &str) -> bool {
    let mut depth = 0_u32;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let outside = depth == 0 && !word.starts_with('(');
        for c in word.chars() {
            match c {
                '(' => depth += 1,
                ')' if depth == 0 => return false,
                ')' => depth -= 1,
                _ => {}
            }
        }
        let mut parts = word.splitn(2, '/');
        if outside && !parts.all(is_token) {
            return false;
        }
    }
    depth == 0
}

/// `type/subtype`, with or without parameters.
fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests;
