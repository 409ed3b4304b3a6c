//! The host that a request is addressed to.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::header_line::HeaderLine;

/// The host that a request is addressed to, by every place that names it.
///
/// Only [`FrontEnd::Development`](crate::FrontEnd::Development) looks at it: a proxying Functions host replaces `Host` by
/// its own `127.0.0.1:<port>` and puts the caller's into `X-Forwarded-Host`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TargetHost<'a> {
    /// Every place names this machine: `localhost`, an address in 127.0.0.0/8 or `[::1]`, with or without a port.
    Loopback,
    /// Neither the request target nor `Host` names a host.
    Absent,
    /// Several `Host` lines, or a request target and a `Host` that contradict each other.
    Ambiguous,
    /// At least one place names another host.
    Other {
        /// The name of the header, or `the request target`.
        place: &'static str,
        /// What it names.
        value: &'a [u8],
    },
}

/// The authority of a request target in absolute form (RFC 9112, section 3.2.2), or `:authority` (RFC 9113, section
/// 8.3.1). It replaces `Host`.
const REQUEST_TARGET: &str = "the request target";
const HOST: &str = "Host";
/// The headers beside `Host` in which proxies put the host that their caller named.
const FORWARDED_HOST: &str = "X-Forwarded-Host";
const ORIGINAL_HOST: &str = "X-Original-Host";

impl<'a> TargetHost<'a> {
    /// Reads the authority of the request target, if it has one, and all lines of `Host`, `X-Forwarded-Host` and
    /// `X-Original-Host`. A line of the last two may hold several values, separated by commas; each of them counts.
    ///
    /// An authority replaces `Host` for a server, and a proxy may have read the other one: both count.
    pub fn from_values(
        authority: Option<&'a [u8]>,
        host: impl Iterator<Item = &'a [u8]>,
        mut forwarded_host: impl Iterator<Item = &'a [u8]>,
        mut original_host: impl Iterator<Item = &'a [u8]>,
    ) -> Self {
        let host = match HeaderLine::from_values(host) {
            HeaderLine::Absent if authority.is_none() => return Self::Absent,
            HeaderLine::Absent => None,
            HeaderLine::Once(value) => Some(value),
            HeaderLine::Repeated(_) => return Self::Ambiguous,
        };
        let names_another = |value: &&[u8]| !is_loopback(value);
        let lists_another = |value: &&[u8]| !value.split(|byte| *byte == b',').all(is_loopback);
        let other = |place| move |value| Self::Other { place, value };
        let target = authority.filter(names_another).map(other(REQUEST_TARGET));
        target
            .or_else(|| host.filter(names_another).map(other(HOST)))
            .or_else(|| {
                forwarded_host
                    .find(lists_another)
                    .map(other(FORWARDED_HOST))
            })
            .or_else(|| original_host.find(lists_another).map(other(ORIGINAL_HOST)))
            .unwrap_or(Self::Loopback)
    }

    /// What was found, escaped and shortened; `None` for a loopback name.
    pub(crate) fn foreign(self) -> Option<String> {
        match self {
            Self::Loopback => None,
            Self::Absent => Some("no Host".to_owned()),
            Self::Ambiguous => Some("several hosts".to_owned()),
            Self::Other { place, value } => {
                /// A host name has 253 characters at most (RFC 1035, section 2.3.4), and most have 30.
                const SHOWN_BYTES: usize = 100;
                let start = value.get(..SHOWN_BYTES).unwrap_or(value);
                let more = if start.len() < value.len() { "…" } else { "" };
                Some(format!("{place}: {}{more}", start.escape_ascii()))
            }
        }
    }
}

/// Whether a value is a name or an address that never leaves this machine, with or without a port.
///
/// Not taken: names below `localhost`, a trailing dot, IPv4 in other notations, IPv4-mapped IPv6.
fn is_loopback(value: &[u8]) -> bool {
    let Ok(value) = str::from_utf8(value.trim_ascii()) else {
        return false;
    };
    let name = without_port(value);
    let in_brackets = || name.strip_prefix('[')?.strip_suffix(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        || in_brackets().is_some_and(|ip| ip.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()))
}

fn without_port(value: &str) -> &str {
    match value.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        Some(_) | None => value,
    }
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_these_and_no_others() {
        for name in [
            "localhost",
            "LocalHost",
            "localhost:7071",
            "127.0.0.1",
            "127.0.0.1:7071",
            "127.255.255.254:1",
            "[::1]",
            "[::1]:65535",
            "[0:0:0:0:0:0:0:1]",
            " localhost ",
        ] {
            assert!(is_loopback(name.as_bytes()), "{name}");
        }
        for name in [
            "",
            "evil.example",
            "localhost.evil.example",
            "evil.example:7071",
            "localhost.",
            "app.localhost",
            "localhost:",
            "localhost:65536",
            "localhost:+80",
            "localhost:80:80",
            "xlocalhost",
            "user@localhost",
            "128.0.0.1",
            "126.255.255.255",
            "127.1",
            "0177.0.0.1",
            "2130706433",
            "127.0.0.1.evil.example",
            "0.0.0.0",
            "::1",
            "[::1",
            "::1]",
            "[::2]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[127.0.0.1]",
            "localhost localhost",
        ] {
            assert!(!is_loopback(name.as_bytes()), "{name}");
        }
        assert!(!is_loopback(b"localhost\xff"));
    }
}
