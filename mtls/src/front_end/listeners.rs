//! The port that callers connect to, on both loopback addresses.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use app_settings::Problem;
use tokio::net::TcpListener;

/// How often another free port is tried where one is free on only one of the two addresses.
const TRIES: usize = 16;

/// Listeners on 127.0.0.1 and, if the machine has it, on ::1; never on anything else.
pub(crate) struct Listeners {
    /// One or two.
    pub(crate) sockets: Vec<TcpListener>,
    /// The port of all of them.
    pub(crate) port: u16,
}

impl Listeners {
    /// Opens `port`, or a free one for 0. `option` is the one that chooses the port.
    ///
    /// # Errors
    ///
    /// The port is taken on one of the addresses, or may not be opened.
    pub(crate) async fn bind(port: u16, option: &str) -> Result<Self, Problem> {
        for _ in 1..TRIES {
            match Self::try_bind(port).await {
                Err(error) if port == 0 && error.kind() == ErrorKind::AddrInUse => {}
                result => return result.map_err(|error| problem(port, option, &error)),
            }
        }
        Self::try_bind(port)
            .await
            .map_err(|error| problem(port, option, &error))
    }

    /// Opens one port of one loopback address, or a free one for 0.
    ///
    /// # Errors
    ///
    /// It is taken, or may not be opened.
    pub(crate) async fn bind_one(
        address: IpAddr,
        port: u16,
        option: &str,
    ) -> Result<Self, Problem> {
        let opened = TcpListener::bind((address, port)).await;
        let opened = opened.and_then(|socket| Ok((socket.local_addr()?.port(), socket)));
        let (port, socket) = opened.map_err(|error| problem(port, option, &error))?;
        Ok(Self {
            sockets: vec![socket],
            port,
        })
    }

    async fn try_bind(port: u16) -> std::io::Result<Self> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = first.local_addr()?.port();
        let mut sockets = vec![first];
        match TcpListener::bind((IpAddr::V6(Ipv6Addr::LOCALHOST), port)).await {
            Ok(second) => sockets.push(second),
            Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
            // The machine has no IPv6 loopback.
            Err(_) => {}
        }
        Ok(Self { sockets, port })
    }
}

fn problem(port: u16, option: &str, error: &std::io::Error) -> Problem {
    let text = match error.kind() {
        ErrorKind::AddrInUse => format!(
            "expected a free port, found that another program listens on it; stop that one, or choose another with {option}, 0 for any free one"
        ),
        ErrorKind::PermissionDenied => format!(
            "expected a port that may be opened, found that it is reserved; choose one above 1023 with {option}"
        ),
        _ => format!(
            "expected a port that can be opened, found: {error}; choose another with {option}"
        ),
    };
    Problem::new(format!("port {port}"), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_says_how_to_choose_another() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let problem = Listeners::bind(port, "--port").await.err().unwrap();
        assert!(problem.to_string().contains("--port"), "{problem}");
        assert!(problem.at().contains(&port.to_string()));
    }

    #[tokio::test]
    async fn port_0_is_the_same_free_port_on_every_address() {
        let listeners = Listeners::bind(0, "--port").await.unwrap();
        assert_ne!(listeners.port, 0);
        for socket in &listeners.sockets {
            let address = socket.local_addr().unwrap();
            assert_eq!(address.port(), listeners.port);
            assert!(address.ip().is_loopback());
        }
    }
}
