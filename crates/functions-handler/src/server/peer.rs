//! The other end of a connection on this machine, as the system sees it.

use std::net::SocketAddr;

/// The other end of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Peer {
    /// A process has it open, and may read from it.
    Open,
    /// Nobody has it open any longer.
    Gone,
    /// It is not on this machine, or the system does not tell.
    Unknown,
}

/// Looks at the other end of the connection between two addresses. Reads the table of all connections, so it blocks for a
/// moment.
#[cfg(target_os = "linux")]
pub(super) fn peer(own: SocketAddr, other: SocketAddr) -> Peer {
    // A client whose socket is one for IPv6 has its end in the second table (proc_pid_net(5)).
    let tables = [procfs::net::tcp(), procfs::net::tcp6()];
    let ends = tables.into_iter().flatten().flatten().map(|entry| End {
        between: (
            canonical(entry.local_address),
            canonical(entry.remote_address),
        ),
        inode: entry.inode,
    });
    read(ends, own, other)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn peer(_: SocketAddr, _: SocketAddr) -> Peer {
    Peer::Unknown
}

/// One end of a connection.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug)]
struct End {
    between: (SocketAddr, SocketAddr),
    /// Of the socket that a process has open; 0 if none has.
    inode: u64,
}

/// What a table says. One without our own end is not the table that we are in.
#[cfg(target_os = "linux")]
fn read(ends: impl Iterator<Item = End>, own: SocketAddr, other: SocketAddr) -> Peer {
    let (mut is_ours, mut is_open) = (false, false);
    for end in ends {
        is_ours |= end.between == (own, other) && end.inode != 0;
        is_open |= end.between == (other, own) && end.inode != 0;
    }
    match (is_ours, is_open) {
        (true, true) => Peer::Open,
        (true, false) => Peer::Gone,
        (false, _) => Peer::Unknown,
    }
}

#[cfg(target_os = "linux")]
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::net::{Shutdown, TcpListener, TcpStream};

    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_end_without_an_owner_is_gone_and_a_table_without_us_says_nothing() {
        let (own, other) = (address("127.0.0.1:80"), address("127.0.0.1:4000"));
        let ours = |inode| End {
            between: (own, other),
            inode,
        };
        let theirs = |inode| End {
            between: (other, own),
            inode,
        };
        let table: &[(&[End], Peer)] = &[
            (&[ours(1), theirs(2)], Peer::Open),
            (&[theirs(2), ours(1)], Peer::Open),
            (&[ours(1), theirs(0)], Peer::Gone),
            (&[ours(1)], Peer::Gone),
            (&[theirs(2)], Peer::Unknown),
            (&[ours(0), theirs(0)], Peer::Unknown),
            (&[], Peer::Unknown),
        ];
        for (ends, expected) in table {
            assert_eq!(
                read(ends.iter().copied(), own, other),
                *expected,
                "{ends:?}"
            );
        }
    }

    #[test]
    fn a_peer_that_has_closed_one_side_is_open_and_one_that_has_closed_both_is_gone() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let listens = listener.local_addr().unwrap();
        // The second is a client whose socket is one for IPv6.
        for target in [
            listens,
            address(&format!("[::ffff:127.0.0.1]:{}", listens.port())),
        ] {
            let client = TcpStream::connect(target).unwrap();
            let (server, other) = listener.accept().unwrap();
            let look = || peer(server.local_addr().unwrap(), other);
            assert_eq!(look(), Peer::Open);
            client.shutdown(Shutdown::Write).unwrap();
            assert_eq!(look(), Peer::Open);
            drop(client);
            assert_eq!(look(), Peer::Gone);
        }
    }
}
