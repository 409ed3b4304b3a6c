//! A host with or without a port, as `Host` and addresses have it.

use http::header::{HOST, HeaderMap, HeaderValue};
use http::uri::Authority;
use http::{Version, request};

/// Why a request names no host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum NoHost {
    /// It names none, more than one, or something that is no text.
    Unclear,
    /// What it names is no host and at most a port.
    Malformed,
}

/// The host that the caller named: by an absolute target, else by exactly one `Host`, which only HTTP/1.0 may lack.
///
/// # Errors
///
/// [`NoHost`].
pub(crate) fn of(parts: &request::Parts, port: u16) -> Result<String, NoHost> {
    let named: Vec<&HeaderValue> = HeaderMap::get_all(&parts.headers, HOST).iter().collect();
    let host = match (parts.uri.authority(), named.as_slice()) {
        (_, [_, _, ..]) => return Err(NoHost::Unclear),
        (Some(authority), _) => authority.as_str(),
        (None, [host]) => host.to_str().map_err(|_| NoHost::Unclear)?,
        (None, []) if parts.version == Version::HTTP_10 => {
            return Ok(format!("localhost:{port}"));
        }
        (None, []) => return Err(NoHost::Unclear),
    };
    match parse(host) {
        Some(_) => Ok(host.to_owned()),
        None if host.is_empty() => Err(NoHost::Unclear),
        None => Err(NoHost::Malformed),
    }
}

/// The authority, where `text` is a host and at most a port from 0 to 65535 (RFC 9110, section 7.2).
///
/// The type of `http` alone takes a user, a list, an empty port and one that is too large, which then reads as none.
pub(crate) fn parse(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    let has_sound_port = authority.as_str() == authority.host() || authority.port_u16().is_some();
    let is_sound = !text.contains(['@', ',']) && !authority.host().is_empty() && has_sound_port;
    is_sound.then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_at_most_a_port() {
        for text in [
            "a",
            "a:1",
            "localhost:65535",
            "[::1]",
            "[::1]:7443",
            "127.0.0.1",
        ] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in [
            "", ":1", "a:", "a:65536", "a:x", "u@a", "a/b", "a b", "a,b", "::1", "a?b", "[::1",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
