//! Event streams: how late an event is, and what an open stream takes.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use test_support::Issued;

use crate::load::connect;
use crate::servers::{Gate, Nginx, Target};
use crate::{ROUNDS, STREAMS, median};

/// How many events are sent in a round, and how far apart.
const EVENTS: usize = 200;
const PAUSE: Duration = Duration::from_millis(2);

const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const EVENT: &[u8] = b"9\r\ndata: 1\n\n\r\n";

/// Measures both, in turn, and prints what was found.
pub(crate) fn measure(certificate: &Issued, request: &str) {
    let (sender, streams) = channel();
    let port = serve(sender);
    let (gate, nginx) = (
        Gate::start(certificate, port),
        Nginx::start(certificate, port),
    );
    let targets: [&dyn Target; 2] = [&nginx, &gate];
    let mut times = targets.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for (target, times) in targets.iter().zip(&mut times) {
            times.extend(delays(target.port(), request, &streams));
        }
    }
    println!(
        "an event from the upstream's write to the caller's read, in microseconds: median, 99 of 100"
    );
    for (target, times) in targets.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let late = times[times.len() * 99 / 100];
        println!(
            "  {:<10} {:8.0} {late:8.0}",
            target.name(),
            median(times.iter().copied())
        );
    }
    println!("{STREAMS} open streams: bytes each");
    for target in targets {
        let before = target.memory();
        let open: Vec<_> = (0..STREAMS)
            .map(|_| open(target.port(), request, &streams))
            .collect();
        let bytes = target.memory().saturating_sub(before) / u64::try_from(STREAMS).unwrap();
        println!("  {:<10} {bytes:8}", target.name());
        drop(open);
    }
}

/// An upstream that answers each request with a stream, and hands its end over.
fn serve(streams: Sender<TcpStream>) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let streams = streams.clone();
            thread::Builder::new()
                .stack_size(64 * 1024)
                .spawn(move || begin(stream, &streams))
                .unwrap();
        }
    });
    port
}

fn begin(mut stream: TcpStream, streams: &Sender<TcpStream>) {
    stream.set_nodelay(true).unwrap();
    let head = BufReader::new(stream.try_clone().unwrap());
    // The gate also looks whether anybody listens, and sends nothing then.
    let mut lines = head.lines().map_while(Result::ok);
    if lines.any(|line| line.is_empty()) {
        stream.write_all(HEAD).unwrap();
        let _ = streams.send(stream);
    }
}

/// A stream whose head has arrived, and the upstream's end of it.
fn open(port: u16, request: &str, streams: &Receiver<TcpStream>) -> (TcpStream, TcpStream) {
    let mut caller = connect(port);
    caller.write_all(request.as_bytes()).unwrap();
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        caller.read_exact(&mut byte).unwrap();
        read.push(byte[0]);
    }
    (caller, streams.recv().unwrap())
}

fn delays(port: u16, request: &str, streams: &Receiver<TcpStream>) -> Vec<f64> {
    let (mut caller, mut upstream) = open(port, request, streams);
    let mut event = [0; EVENT.len()];
    let delays = (0..EVENTS).map(|_| {
        thread::sleep(PAUSE);
        let sent = Instant::now();
        upstream.write_all(EVENT).unwrap();
        caller.read_exact(&mut event).unwrap();
        sent.elapsed().as_secs_f64() * 1e6
    });
    delays.collect()
}
