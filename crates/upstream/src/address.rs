//! Where the upstream listens.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use http::HeaderValue;

/// Where the upstream listens: on this machine, or the danger was asked for.
#[derive(Clone, Debug)]
pub struct Address {
    socket: SocketAddr,
    name: HeaderValue,
}

/// The address is another machine's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotLoopback(pub SocketAddr);

impl Address {
    /// An address in 127.0.0.0/8, or `::1`.
    ///
    /// # Errors
    ///
    /// Any other. Requests go to the upstream over plain HTTP, so whoever reads that wire reads them, and whoever else reaches
    /// the upstream can write the identity headers themselves.
    pub fn loopback(socket: SocketAddr) -> Result<Self, NotLoopback> {
        match socket.ip().is_loopback() {
            true => Ok(Self::dangerous(socket)),
            false => Err(NotLoopback(socket)),
        }
    }

    /// Any address, also one beyond this machine; see [`Address::loopback`] for what is dangerous.
    pub fn dangerous(socket: SocketAddr) -> Self {
        // A socket's address is digits, dots, colons and brackets, but for the zone of an IPv6 address, which may have any.
        let name = HeaderValue::from_str(&socket.to_string());
        Self {
            socket,
            name: name.unwrap_or(HeaderValue::from_static("localhost")),
        }
    }

    /// The address to connect to.
    pub fn socket(&self) -> SocketAddr {
        self.socket
    }

    /// The upstream's own name: its address and port, as `Host` has them.
    pub(crate) fn name(&self) -> &HeaderValue {
        &self.name
    }

    /// Whether a host and port, as in the authority of a URL (RFC 3986, section 3.2), are this address. Without a port they are
    /// the scheme's default.
    pub(crate) fn is_named_by(&self, host: &str, port: u16) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let is_host = match bare.parse::<IpAddr>() {
            Ok(ip) => self.socket.ip() == ip,
            Err(_) => self.socket.ip().is_loopback() && bare.eq_ignore_ascii_case("localhost"),
        };
        is_host && self.socket.port() == port
    }
}

impl fmt::Display for NotLoopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected an address of this machine (127.0.0.1, ::1), found {}; requests would leave it unencrypted",
            self.0.ip()
        )
    }
}

impl Error for NotLoopback {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_an_address_without_danger() {
        for (address, is_loopback) in [
            ("127.0.0.1:1", true),
            ("127.9.9.9:65535", true),
            ("[::1]:80", true),
            ("0.0.0.0:80", false),
            ("[::]:80", false),
            ("192.0.2.1:80", false),
            ("[::ffff:127.0.0.1]:80", false),
            ("[2001:db8::1]:80", false),
        ] {
            let socket: SocketAddr = address.parse().unwrap();
            assert_eq!(Address::loopback(socket).is_ok(), is_loopback, "{address}");
            assert_eq!(Address::dangerous(socket).name(), address);
        }
    }
}
