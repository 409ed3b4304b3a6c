//! What the caller addressed, as the upstream gets to read it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use http::header::{AsHeaderName, HOST, HeaderMap, HeaderValue};
use http::uri::Authority;
use uuid::Uuid;

/// How long nothing may move, neither the request's body nor the answer: how long the Functions host waits. The load balancer of App
/// Service gives up earlier, after 230 s.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(240);

/// The scheme by which the caller came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scheme {
    /// Over TLS, which a front end ends.
    Https,
    /// In the clear.
    Http,
}

/// One call as its caller made it: the name that was addressed, where it came from, the id under which the log has it.
///
/// It is read from the request once and replaces what the request says of it: one value each.
#[derive(Clone, Debug)]
pub struct Outside {
    /// Always `https` where a front end is declared.
    pub scheme: Scheme,
    /// The host, with a port if the caller wrote one.
    pub host: Option<Authority>,
    /// The caller's address.
    pub client: Option<IpAddr>,
    /// The id under which the log has the call.
    pub invocation_id: Uuid,
    /// How long nothing may move, neither the request's body nor the answer; at least [`IDLE_TIMEOUT`] on Azure. `None` for a
    /// trigger without a caller, whose invocation the host ends.
    pub idle_timeout: Option<Duration>,
}

impl Scheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

impl Outside {
    /// What the Functions host says about a call, with a front end declared before the host or not.
    ///
    /// A proxying host replaces `Host` by its own loopback name and puts the caller's into `X-Forwarded-Host`; any other
    /// passes `Host` on and leaves `X-Forwarded-Host` in the caller's hands. So the latter counts only beside a loopback name.
    /// Of several addresses in `X-Forwarded-For` the last counts, which the nearest front end wrote.
    pub fn of(headers: &HeaderMap, front_end_declared: bool, invocation_id: Uuid) -> Self {
        let is_https = front_end_declared
            || last(headers, "x-forwarded-proto")
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        let own = last(headers, HOST).and_then(authority);
        let host = match own {
            Some(own) if !is_local(own.host()) => Some(own),
            own => last(headers, "x-forwarded-host")
                .and_then(authority)
                .or(own),
        };
        Self {
            scheme: if is_https {
                Scheme::Https
            } else {
                Scheme::Http
            },
            host,
            client: last(headers, "x-forwarded-for").and_then(address),
            invocation_id,
            idle_timeout: Some(IDLE_TIMEOUT),
        }
    }

    pub(crate) fn host_value(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(self.host.as_ref()?.as_str()).ok()
    }

    pub(crate) fn port(&self) -> u16 {
        let written = self.host.as_ref().and_then(Authority::port_u16);
        written.unwrap_or(self.scheme.default_port())
    }
}

/// The last element of a header that is a list.
fn last(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

/// A host with or without a port, and nothing that is neither (RFC 9110, section 7.2).
fn authority(text: &str) -> Option<Authority> {
    let authority: Authority = text.parse().ok()?;
    let has_port = text.rfind(':') > text.rfind(']');
    let is_plain = !text.contains('@') && (!has_port || authority.port_u16().is_some());
    Some(authority).filter(|_| is_plain && !text.is_empty())
}

fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// An address as front ends write them: with a port (App Service) or without, IPv6 in brackets or bare.
fn address(text: &str) -> Option<IpAddr> {
    let with_port = text.parse().map(|socket: SocketAddr| socket.ip()).ok();
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    with_port.or_else(|| bare.unwrap_or(text).parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Lines = &'static [(&'static str, &'static str)];

    #[test]
    fn one_value_each_is_read_from_what_the_host_says() {
        let table: &[(Lines, bool, (&str, u16, &str))] = &[
            // Forwarding: Host is the caller's, X-Forwarded-Host is anybody's.
            (
                &[
                    ("host", "app.example"),
                    ("x-forwarded-host", "evil.example"),
                    ("x-forwarded-for", "1.1.1.1, 203.0.113.7:51234"),
                    ("x-forwarded-proto", "https"),
                ],
                true,
                ("app.example", 443, "203.0.113.7"),
            ),
            // Proxying: Host is the host's own.
            (
                &[
                    ("host", "127.0.0.1:7000"),
                    ("x-forwarded-host", "app.example:8443"),
                    ("x-forwarded-for", "::1"),
                ],
                true,
                ("app.example:8443", 8443, "::1"),
            ),
            (
                &[("host", "localhost:7071")],
                false,
                ("localhost:7071", 7071, ""),
            ),
            (&[("host", "app.example")], false, ("app.example", 80, "")),
            (
                &[("host", "[::1]:7"), ("x-forwarded-for", "[2001:db8::1]:9")],
                false,
                ("[::1]:7", 7, "2001:db8::1"),
            ),
            (
                &[
                    ("x-forwarded-for", "[2001:db8::1]"),
                    ("x-forwarded-proto", "HTTPS"),
                ],
                false,
                ("", 443, "2001:db8::1"),
            ),
            // What is no host and no address is nothing.
            (
                &[("host", "a@b"), ("x-forwarded-for", "unknown")],
                false,
                ("", 80, ""),
            ),
            (
                &[("host", "app.example:"), ("x-forwarded-for", "")],
                false,
                ("", 80, ""),
            ),
            (&[("host", "app.example:99999")], false, ("", 80, "")),
            (
                &[("host", "a b"), ("x-forwarded-for", "1.1.1.1\"")],
                false,
                ("", 80, ""),
            ),
            (&[("host", "app.example/path")], false, ("", 80, "")),
            // Of two lines the last counts.
            (
                &[
                    ("host", "127.0.0.1:1"),
                    ("x-forwarded-host", "a.example"),
                    ("x-forwarded-host", "b.example"),
                ],
                true,
                ("b.example", 443, ""),
            ),
        ];
        for (lines, declared, (host, port, client)) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in *lines {
                headers.append(*name, value.parse().unwrap());
            }
            let outside = Outside::of(&headers, *declared, Uuid::nil());
            let found = outside.host.as_ref().map_or("", |host| host.as_str());
            assert_eq!(found, *host, "{lines:?}");
            assert_eq!(outside.port(), *port, "{lines:?}");
            let found = outside.client.map_or(String::new(), |ip| ip.to_string());
            assert_eq!(found, *client, "{lines:?}");
            if *declared {
                assert_eq!(outside.scheme, Scheme::Https);
            }
        }
    }
}
