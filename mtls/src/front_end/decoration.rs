//! What the front end takes out of a request's headers and what it puts in.
//!
//! Removal comes before injection, and names are compared with `_` folded into `-`: some servers treat both
//! spellings as one.

use std::net::SocketAddr;

use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue,
    InvalidHeaderValue, TRANSFER_ENCODING,
};
use http::uri::Authority;

/// The header that carries the caller's certificate, folded as [`folded`] does.
pub(crate) const CERTIFICATE: &str = "x-arr-clientcert";

/// What the platform sets on every request, and what a caller's own copies are replaced by.
const DECORATIONS: [&str; 15] = [
    "x-arr-log-id",
    "x-arr-ssl",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-appservice-proto",
    "x-forwarded-tlsversion",
    "disguised-host",
    "x-original-url",
    "x-site-deployment-id",
    "was-default-hostname",
    "x-waws-unencoded-url",
    "max-forwards",
    "client-ip",
    "x-client-ip",
    "x-client-port",
];

/// Names that belong to one connection (RFC 9110, section 7.6.1, and what older software sends).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// How many more hops the platform allows.
const MAX_FORWARDS: &str = "10";

/// What the front end knows about one request beside its headers.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    /// The caller's address.
    pub(crate) peer: SocketAddr,
    /// `1.2` or `1.3`.
    pub(crate) tls_version: &'a str,
    /// `2048|256|<issuer>|<subject>` of the server's own certificate.
    pub(crate) server_certificate: &'a str,
    /// The public host name with its port, as the caller named it.
    pub(crate) host: &'a str,
    /// Path and query as they were sent.
    pub(crate) target: &'a str,
    /// A new identifier for this request.
    pub(crate) log_id: &'a str,
    /// Base64 of the DER of the certificate whose key the caller holds.
    pub(crate) certificate: Option<&'a str>,
    /// Leaves a caller's own certificate header in place.
    pub(crate) pass_forged: bool,
}

/// The headers that the host receives: `Host`, the caller's own in their order, the body's framing, the platform's, and
/// the certificate's.
///
/// Fails closed: no spelling of the certificate header is taken over unless `pass_forged` says so, and what the caller
/// names in `Connection` is left out before ours are set, so that they cannot have ours removed.
///
/// # Errors
///
/// A value that no header can hold, which the request's parser should have refused.
pub(crate) fn decorated(
    callers: &HeaderMap,
    facts: &Facts<'_>,
) -> Result<HeaderMap, InvalidHeaderValue> {
    let mut headers = HeaderMap::with_capacity(callers.len() + DECORATIONS.len());
    headers.insert(HOST, HeaderValue::from_str(facts.host)?);
    for (name, value) in &end_to_end(callers) {
        if !is_replaced(name, facts.pass_forged) {
            headers.append(name.clone(), value.clone());
        }
    }
    for coding in callers.get_all(TRANSFER_ENCODING) {
        headers.append(TRANSFER_ENCODING, coding.clone());
    }
    for (name, value) in values(facts) {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(&value)?,
        );
    }
    if let Some(certificate) = facts.certificate {
        let value = HeaderValue::from_str(certificate)?;
        headers.append(HeaderName::from_static(CERTIFICATE), value);
    }
    Ok(headers)
}

/// What is not taken over from the caller: a header of ours in any spelling, and an expectation, which has been met:
/// hyper has answered it, or the body has been read.
fn is_replaced(name: &HeaderName, pass_forged: bool) -> bool {
    let folded = folded(name);
    let is_certificate = folded == CERTIFICATE && !pass_forged;
    is_certificate || DECORATIONS.contains(&&*folded) || [HOST, EXPECT].contains(name)
}

/// The headers without those of one connection, named by the standard or by `Connection` itself, in their order.
///
/// A `Content-Length` beside `Transfer-Encoding` is left out too (RFC 9112, section 6.3): the body has another length. By
/// itself it stays even where `Connection` names it: it says where the body ends.
pub(crate) fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let named: Vec<&[u8]> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .collect();
    let is_kept = |name: &HeaderName| match *name {
        CONTENT_LENGTH => !headers.contains_key(TRANSFER_ENCODING),
        _ => {
            let own = name.as_str();
            let is_named = |named: &&[u8]| named.eq_ignore_ascii_case(own.as_bytes());
            !HOP_BY_HOP.contains(&own) && !named.iter().any(is_named)
        }
    };
    let kept = headers.iter().filter(|(name, _)| is_kept(name));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Removes from trailers what is ours in any spelling, whatever else is allowed.
pub(crate) fn strip_trailers(trailers: &mut HeaderMap) {
    let ours: Vec<HeaderName> = trailers
        .keys()
        .filter(|name| is_replaced(name, false))
        .cloned()
        .collect();
    for name in ours {
        trailers.remove(name);
    }
}

/// A header's name as software sees it that does not tell `_` from `-`.
pub(crate) fn folded(name: &HeaderName) -> String {
    name.as_str().replace('_', "-")
}

fn values(facts: &Facts<'_>) -> [(&'static str, String); 15] {
    let ip = facts.peer.ip().to_canonical();
    let address = SocketAddr::new(ip, facts.peer.port()).to_string();
    let authority = facts.host.parse::<Authority>();
    let site = authority.as_ref().map_or(facts.host, Authority::host);
    [
        ("x-arr-log-id", facts.log_id.to_owned()),
        ("x-arr-ssl", facts.server_certificate.to_owned()),
        ("x-forwarded-for", address.clone()),
        ("x-forwarded-proto", "https".to_owned()),
        ("x-appservice-proto", "https".to_owned()),
        ("x-forwarded-tlsversion", facts.tls_version.to_owned()),
        ("disguised-host", facts.host.to_owned()),
        ("x-original-url", facts.target.to_owned()),
        ("x-site-deployment-id", site.to_owned()),
        ("was-default-hostname", facts.host.to_owned()),
        ("x-waws-unencoded-url", facts.target.to_owned()),
        ("max-forwards", MAX_FORWARDS.to_owned()),
        ("client-ip", address),
        ("x-client-ip", ip.to_string()),
        ("x-client-port", facts.peer.port().to_string()),
    ]
}

#[cfg(test)]
mod tests;
