//! Who listens where.

use std::collections::HashSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use rustix::process::{Pid, getpid};

use super::descendants;

/// The state of a listening socket in `/proc/net/tcp` (`TCP_LISTEN` of the kernel's `tcp_states.h`).
const LISTEN: &str = "0A";

/// The addresses on which descendants of a process accept TCP connections.
///
/// Nothing where that cannot be known: elsewhere than on Linux, when a descendant is another user's, or when there is
/// none, which is no server.
pub(crate) fn listeners(of: Pid) -> Option<Vec<SocketAddr>> {
    let mut inodes = HashSet::new();
    let processes = descendants(of);
    if processes.is_empty() {
        return None;
    }
    for process in processes {
        inodes.extend(sockets(process.pid)?);
    }
    let listening = parse(&fs::read_to_string("/proc/net/tcp").ok()?);
    // Absent where the system has no IPv6.
    let listening6 = parse(&fs::read_to_string("/proc/net/tcp6").unwrap_or_default());
    let all = listening.into_iter().chain(listening6);
    let ours = all.filter(|listener| inodes.contains(&listener.inode));
    Some(ours.map(|listener| listener.address).collect())
}

/// Whether the system shows who listens where at all: a socket of our own is looked for.
pub(crate) fn shows_listeners() -> bool {
    let Ok(own) = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)) else {
        return false;
    };
    let inodes = sockets(getpid()).unwrap_or_default();
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let listening = parse(&table);
    own.local_addr().is_ok_and(|address| {
        let is_own = |found: &Listener| found.address == address && inodes.contains(&found.inode);
        listening.iter().any(is_own)
    })
}

/// Whether an address is reached from this machine alone.
pub(crate) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[derive(Debug, Eq, PartialEq)]
struct Listener {
    address: SocketAddr,
    inode: u64,
}

/// The sockets that a process has open; nothing if we may not know.
fn sockets(of: Pid) -> Option<Vec<u64>> {
    let files = match fs::read_dir(format!("/proc/{of}/fd")) {
        Ok(files) => files,
        // It has ended.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Some(Vec::new()),
        Err(_) => return None,
    };
    let links = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
    Some(links.filter_map(|link| inode(link.to_str()?)).collect())
}

/// `socket:[12345]`
fn inode(link: &str) -> Option<u64> {
    let number = link.strip_prefix("socket:[")?.strip_suffix(']')?;
    number.parse().ok()
}

/// The listening sockets of `/proc/net/tcp` or `tcp6` (proc_pid_net(5)); lines that are not of that form are passed over.
fn parse(table: &str) -> Vec<Listener> {
    table.lines().skip(1).filter_map(parse_line).collect()
}

fn parse_line(line: &str) -> Option<Listener> {
    let mut fields = line.split_ascii_whitespace();
    let (local, state) = (fields.nth(1)?, fields.nth(1)?);
    if state != LISTEN {
        return None;
    }
    let (address, port) = local.split_once(':')?;
    Some(Listener {
        address: SocketAddr::new(parse_address(address)?, u16::from_str_radix(port, 16).ok()?),
        inode: fields.nth(5)?.parse().ok()?,
    })
}

/// Words of 32 bits, each in the machine's own order of bytes.
fn parse_address(hex: &str) -> Option<IpAddr> {
    let (words, []) = hex.as_bytes().as_chunks::<8>() else {
        return None;
    };
    let words = words.iter().map(|word| {
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        Some(word.to_ne_bytes())
    });
    let bytes = words.collect::<Option<Vec<_>>>()?.concat();
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes.as_slice()) {
        return Some(Ipv4Addr::from(bytes).into());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    Some(Ipv6Addr::from(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0000000000000000 100 0 0 10 0
   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 102 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:A0F2 01 00000000:00000000 00:00000000 00000000     0        0 103 1 0000000000000000 20 4 30 10 -1
   3: 0100007F:1F90 garbage
   4: 0100:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 104 1
   5: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 105 1
   6: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 106 1
   7: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 107 1
";

    #[test]
    #[cfg(target_endian = "little")]
    fn listening_sockets_are_read_and_nothing_else() {
        let expected = [
            ("127.0.0.1:8080", 101, true),
            ("0.0.0.0:22", 102, false),
            ("[::1]:80", 105, true),
            ("[::]:80", 106, false),
            ("[::ffff:127.0.0.1]:80", 107, true),
        ];
        let found = parse(TABLE);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, (address, inode, loopback)) in found.iter().zip(expected) {
            assert_eq!(found.address, address.parse::<SocketAddr>().unwrap());
            assert_eq!(found.inode, inode);
            assert_eq!(is_loopback(found.address.ip()), loopback, "{address}");
        }
        assert_eq!(parse(""), []);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_sockets_are_shown_and_without_processes_nothing_is_known() {
        assert!(shows_listeners());
        let mut childless = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let found = listeners(Pid::from_child(&childless));
        childless.kill().unwrap();
        childless.wait().unwrap();
        assert_eq!(found, None);
    }

    #[test]
    fn a_link_that_names_a_socket() {
        let table = [
            ("socket:[12]", Some(12)),
            ("pipe:[12]", None),
            ("socket:[]", None),
            ("socket:[12", None),
            ("/tmp/socket:[12]", None),
        ];
        for (link, expected) in table {
            assert_eq!(inode(link), expected, "{link}");
        }
    }
}
