//! Where the server listens.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// How often another free port is tried where the IPv6 side of one is taken.
const CHOICES: usize = 16;

/// Where the server is to listen.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Listen {
    /// On a port of our choice at each start, free on both loopback addresses a moment ago.
    #[default]
    FreePort,
    /// On this port of a loopback address, 127.0.0.1 or `::1`.
    Port(u16),
    /// On this address alone.
    Address(SocketAddr),
}

impl Listen {
    /// The address that the server is given for one start.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub(crate) fn choose(self) -> io::Result<SocketAddr> {
        match self {
            Self::FreePort => free_port(),
            Self::Port(port) => Ok((Ipv4Addr::LOCALHOST, port).into()),
            Self::Address(address) => Ok(address),
        }
    }

    /// Whether another program listens where a server with a fixed port is dialled; what is bound here is released at
    /// once.
    pub(crate) fn is_taken(self, address: SocketAddr) -> bool {
        let is_in_use = |dialled: &SocketAddr| {
            let bound = TcpListener::bind(dialled);
            bound.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
        };
        self != Self::FreePort && self.dialled(address).iter().any(is_in_use)
    }

    /// Where the server is dialled, in this order: `localhost` may have meant `::1` to it.
    pub(crate) fn dialled(self, address: SocketAddr) -> Vec<SocketAddr> {
        match self {
            Self::FreePort | Self::Port(_) => {
                vec![address, (Ipv6Addr::LOCALHOST, address.port()).into()]
            }
            Self::Address(address) => vec![address],
        }
    }
}

/// Bound, read and released. Another program may take it before the server does.
fn free_port() -> io::Result<SocketAddr> {
    let mut last = io::ErrorKind::AddrInUse.into();
    for _ in 0..CHOICES {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        match TcpListener::bind((IpAddr::from(Ipv6Addr::LOCALHOST), address.port())) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            // Free there too, or there is no IPv6.
            Ok(_) | Err(_) => return Ok(address),
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_is_free_and_another_each_time() {
        let first = Listen::FreePort.choose().unwrap();
        let _taken = TcpListener::bind(first).unwrap();
        let second = Listen::FreePort.choose().unwrap();
        assert_ne!(first, second);
        assert!(first.ip().is_loopback());
    }

    #[test]
    fn both_loopback_addresses_are_dialled_unless_one_was_named() {
        let address = "127.0.0.1:80".parse().unwrap();
        let both = [address, "[::1]:80".parse().unwrap()];
        assert_eq!(Listen::Port(80).dialled(address), both);
        assert_eq!(Listen::FreePort.dialled(address), both);
        assert_eq!(Listen::Address(address).dialled(address), [address]);
    }

    #[test]
    fn a_fixed_port_is_taken_by_a_listener_on_either_loopback_address() {
        let address = Listen::FreePort.choose().unwrap();
        let fixed = Listen::Port(address.port());
        assert!(!fixed.is_taken(address));
        for taken in [address, (Ipv6Addr::LOCALHOST, address.port()).into()] {
            let _listener = TcpListener::bind(taken).unwrap();
            assert!(fixed.is_taken(address), "{taken}");
            assert_eq!(Listen::Address(address).is_taken(address), taken == address);
        }
        assert!(!Listen::FreePort.is_taken(address));
    }
}
