//! A name server on loopback that knows some addresses.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

/// The bytes before the question: id, flags, counts (RFC 1035, section 4.1.1).
const HEADER: usize = 12;

/// Type and class after the question's name.
const TYPE_AND_CLASS: usize = 4;

/// The record of an IPv4 address.
const TYPE_A: [u8; 2] = [0, 1];

/// Answers until the test program ends.
pub struct NameServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl NameServer {
    /// Listens for UDP at this address.
    pub fn start(address: SocketAddr, names: &[(&str, Ipv4Addr)]) -> Self {
        let socket = UdpSocket::bind(address).unwrap();
        let names: Vec<(String, Ipv4Addr)> = names
            .iter()
            .map(|(name, address)| (format!("{name}."), *address))
            .collect();
        let server = Self {
            address: socket.local_addr().unwrap(),
            asked: Arc::default(),
        };
        let asked = Arc::clone(&server.asked);
        thread::spawn(move || {
            let mut buffer = [0; 512];
            while let Ok((length, client)) = socket.recv_from(&mut buffer) {
                let query = &buffer[..length];
                let name = name(query);
                let found = names.iter().find(|(known, _)| *known == name);
                let answer = answer(query, &name, found.map(|(_, address)| *address));
                asked.lock().unwrap().push(name);
                let _ = socket.send_to(&answer, client);
            }
        });
        server
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names that were asked for, in lower case and with their last dot.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn name(query: &[u8]) -> String {
    let mut name = String::new();
    let mut rest = &query[HEADER..];
    while let Some((length, tail)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (label, tail) = tail.split_at(usize::from(*length));
        name += &String::from_utf8_lossy(label).to_ascii_lowercase();
        name.push('.');
        rest = tail;
    }
    name
}

/// With the address where one was asked for; a known name has no record of another type.
fn answer(query: &[u8], name: &str, address: Option<Ipv4Addr>) -> Vec<u8> {
    const KNOWN: [u8; 2] = [0x81, 0x80];
    const UNKNOWN: [u8; 2] = [0x81, 0x83];
    let end = HEADER + name.len() + 1 + TYPE_AND_CLASS;
    let is_wanted = query[end - TYPE_AND_CLASS..].starts_with(&TYPE_A);
    let record = address.filter(|_| is_wanted);
    let mut answer = query[..2].to_vec();
    answer.extend(if address.is_some() { KNOWN } else { UNKNOWN });
    answer.extend([0, 1, 0, u8::from(record.is_some()), 0, 0, 0, 0]);
    answer.extend(&query[HEADER..end]);
    if let Some(address) = record {
        // The question's name, an address of the Internet, for a minute.
        answer.extend([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    answer
}
