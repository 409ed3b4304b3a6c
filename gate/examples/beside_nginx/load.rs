//! A closed loop of callers, each on a connection of its own.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// What was called.
pub(crate) struct Calls {
    pub(crate) count: u32,
    /// Of each, in microseconds.
    pub(crate) times: Vec<f64>,
}

/// Calls for a while; every answer must be a 200 of the length that it says.
pub(crate) fn call(port: u16, request: &str, connections: usize, period: Duration) -> Calls {
    let callers: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.to_owned();
            thread::spawn(move || one(port, &request, period))
        })
        .collect();
    let times: Vec<f64> = callers
        .into_iter()
        .flat_map(|caller| caller.join().unwrap())
        .collect();
    Calls {
        count: times.len().try_into().unwrap(),
        times,
    }
}

fn one(port: u16, request: &str, period: Duration) -> Vec<f64> {
    let mut stream = connect(port);
    let (mut times, end) = (Vec::new(), Instant::now() + period);
    let mut buffer = vec![0; 4096];
    while Instant::now() < end {
        let begun = Instant::now();
        stream.write_all(request.as_bytes()).unwrap();
        let mut read = 0;
        while !is_whole(&buffer[..read]) {
            let more = stream.read(&mut buffer[read..]).unwrap();
            assert!(more > 0, "the connection ended");
            read += more;
        }
        times.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    times
}

pub(crate) fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn is_whole(read: &[u8]) -> bool {
    let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = std::str::from_utf8(&read[..end]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    read.len() >= end + 4 + length.unwrap()
}
