//! The request that the handler receives from a host that forwards. Pure.

use functions_handler::host::contract;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING, USER_AGENT};
use http::request::Parts;
use http::{Request, Version};

use super::dialect::{Invocation, Unsendable};
use super::header_rules::{CONTENT_HEADERS, append, joined, known_method, must_have_length, set};
use super::media_type::MediaType;
use super::{query, uri};

mod answer;

pub(super) use answer::response;

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
    let target = format!("{}{separator}{query}", uri::path(routed));
    let (mut parts, ()) = Request::builder()
        .method(known_method(&caller.method))
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
    let mut headers = joined(caller, |name| {
        // Those of content are silently lost; two come back with a body.
        !CONTENT_HEADERS.contains(&name.as_str()) && name != TRANSFER_ENCODING
    })?;
    let (version, id) = (invocation.host_version, &invocation.id);
    append(&mut headers, contract::HOST_VERSION_HEADER, version)?;
    append(&mut headers, contract::INVOCATION_ID_HEADER, id)?;
    let trace = contract::TRACE_PARENT_HEADER;
    if !headers.contains_key(&trace) {
        set(&mut headers, trace, &invocation.trace_parent)?;
    }
    let host = format!("Azure-Functions-Host/{version}");
    let agent = match headers.get(USER_AGENT).map(|agent| agent.to_str()) {
        Some(Ok(caller)) => format!("{caller} {host}"),
        _ => host,
    };
    set(&mut headers, USER_AGENT, &agent)?;
    Ok(headers)
}

/// `Content-Type` and `Content-Length` come back with a body only; methods that expect one say 0.
fn add_content_headers(parts: &mut Parts, caller: &Parts, length: usize) -> Result<(), Unsendable> {
    if length == 0 {
        if must_have_length(&parts.method) {
            set(&mut parts.headers, CONTENT_LENGTH, "0")?;
        }
        return Ok(());
    }
    set(&mut parts.headers, CONTENT_LENGTH, &length.to_string())?;
    let kinds = caller.headers.get_all(CONTENT_TYPE).iter();
    let kinds: Vec<&str> = kinds
        .map(|kind| kind.to_str().map_err(|_| Unsendable::NonAscii))
        .collect::<Result<_, _>>()?;
    match kinds.join(",") {
        none if none.is_empty() => Ok(()),
        text => {
            let kind = MediaType::parse(&text).ok_or(Unsendable::ContentType)?;
            set(&mut parts.headers, CONTENT_TYPE, &kind.to_string())
        }
    }
}

#[cfg(test)]
mod tests;
