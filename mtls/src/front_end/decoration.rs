//! What the front end takes out of a request's headers and what it puts in.
//!
//! Removal comes before injection, and names are compared with `_` folded into `-`: some servers treat both
//! spellings as one.

use std::net::SocketAddr;

use http::header::{
    CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue,
    TRANSFER_ENCODING,
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

/// Rewrites the caller's headers into those that the host receives.
///
/// Fails closed: no spelling of the certificate header survives unless `pass_forged` says so, and a header that
/// the caller lists in `Connection` is removed before ours are set, so that they cannot have ours removed later.
///
/// # Errors
///
/// A value that no header can hold, which the request's parser should have refused.
pub(crate) fn decorate(
    headers: &mut HeaderMap,
    facts: &Facts<'_>,
) -> Result<(), InvalidHeaderValue> {
    strip_connection(headers);
    if !facts.pass_forged {
        strip(headers, |name| name == CERTIFICATE);
    }
    strip(headers, |name| DECORATIONS.contains(&name));
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
    Ok(())
}

/// Removes the headers of one connection, named by the standard or by `Connection` itself.
///
/// A `Content-Length` beside `Transfer-Encoding` goes too (RFC 9112, section 6.3): the body has another length.
pub(crate) fn strip_connection(headers: &mut HeaderMap) {
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
    }
    let named: Vec<String> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|name| {
            HOP_BY_HOP.contains(&name.as_str()) || named.iter().any(|n| n == name.as_str())
        })
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
}

/// Removes every spelling of the certificate header from trailers, whatever else is allowed.
pub(crate) fn strip_trailers(trailers: &mut HeaderMap) {
    strip(trailers, |name| {
        name == CERTIFICATE || DECORATIONS.contains(&name)
    });
}

/// A header's name as software sees it that does not tell `_` from `-`.
pub(crate) fn folded(name: &HeaderName) -> String {
    name.as_str().replace('_', "-")
}

fn strip(headers: &mut HeaderMap, unwanted: impl Fn(&str) -> bool) {
    let names: Vec<HeaderName> = headers
        .keys()
        .filter(|name| unwanted(&folded(name)))
        .cloned()
        .collect();
    for name in names {
        headers.remove(name);
    }
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
