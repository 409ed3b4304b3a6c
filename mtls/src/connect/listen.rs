//! The address that clients connect to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use app_settings::Problem;

use crate::front_end::Listeners;

/// The option that chooses it.
const OPTION: &str = "--listen";

/// One or both loopback addresses, and a port; 0 for any free one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Listen {
    Both(u16),
    One(IpAddr, u16),
}

impl FromStr for Listen {
    type Err = Problem;

    /// Anything but 127.0.0.1, `::1` and `localhost` is refused: whoever reaches the address calls with the certificate.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let refuse = |found: &str| {
            let text = format!(
                "expected a loopback address and a port, as 127.0.0.1:8080, [::1]:8080 or localhost:0, found {found}; \
                 whoever reaches the address calls with the certificate"
            );
            Problem::new(OPTION, text)
        };
        if let Some(port) = text.strip_prefix("localhost:") {
            let port = port.parse();
            return port.map(Self::Both).map_err(|_| refuse("another port"));
        }
        let address: SocketAddr = text.parse().map_err(|_| refuse("something else"))?;
        match [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()].contains(&address.ip()) {
            true => Ok(Self::One(address.ip(), address.port())),
            false => Err(refuse("another address")),
        }
    }
}

impl Listen {
    /// Opens it.
    ///
    /// # Errors
    ///
    /// A port that is taken, or may not be opened.
    pub(super) async fn bind(self) -> Result<Listeners, Problem> {
        match self {
            Self::Both(port) => Listeners::bind(port, OPTION).await,
            Self::One(address, port) => Listeners::bind_one(address, port, OPTION).await,
        }
    }

    /// What clients are configured with, once the port is known.
    pub(super) fn url(self, port: u16) -> String {
        let address = match self {
            Self::Both(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            Self::One(address, _) => address,
        };
        format!("http://{}", SocketAddr::new(address, port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_alone_are_taken() {
        for (text, expected) in [
            ("localhost:0", Listen::Both(0)),
            ("localhost:8080", Listen::Both(8080)),
            ("127.0.0.1:1", Listen::One(Ipv4Addr::LOCALHOST.into(), 1)),
            (
                "[::1]:65535",
                Listen::One(Ipv6Addr::LOCALHOST.into(), 65535),
            ),
        ] {
            assert_eq!(text.parse::<Listen>(), Ok(expected), "{text}");
        }
        for text in [
            "",
            "8080",
            "127.0.0.1",
            "localhost",
            "localhost:",
            "localhost:65536",
            "0.0.0.0:80",
            "[::]:80",
            "127.0.0.2:80",
            "192.0.2.1:80",
            "[::ffff:127.0.0.1]:80",
            "app.example:80",
        ] {
            let problem = text.parse::<Listen>().expect_err(text);
            assert!(
                problem.to_string().contains("loopback address"),
                "{problem}"
            );
        }
    }

    #[test]
    fn clients_get_one_address() {
        assert_eq!(Listen::Both(0).url(7), "http://127.0.0.1:7");
        let one = Listen::One(Ipv6Addr::LOCALHOST.into(), 0);
        assert_eq!(one.url(7), "http://[::1]:7");
    }
}
