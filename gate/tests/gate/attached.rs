//! A server that somebody else starts.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use test_support::process::{Answer, free_port};

use crate::app::{Gated, SECURED};
use crate::servers::serve;
use crate::trials;

trials!(
    a_server_that_is_not_there_yet_is_waited_for,
    a_server_is_ready_when_its_path_says_so,
);

/// An admitted request that is on its way.
fn ask(gated: &Gated) -> thread::JoinHandle<Answer> {
    let mut stream = gated.handler.connect();
    let certificate = gated.caller.header();
    let request = format!(
        "GET {SECURED} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {certificate}\r\n\r\n"
    );
    thread::spawn(move || {
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream).unwrap()
    })
}

fn a_server_that_is_not_there_yet_is_waited_for() {
    let port = free_port();
    let gated = Gated::attached(port, &[]);
    let asked = ask(&gated);
    assert_eq!(gated.get(SECURED, "").status, 401, "a refusal never waits");
    let waiting = gated.handler.line(|line| line["event"] == "server-waiting");
    assert!(
        waiting["text"]
            .as_str()
            .unwrap()
            .contains(&port.to_string()),
        "{waiting}"
    );
    assert!(!asked.is_finished(), "the admitted request waits");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    assert_eq!(asked.join().unwrap().status, 200);
    gated.handler.line(|line| line["event"] == "server-ready");
    assert_eq!(gated.secured(SECURED, "").status, 200);
}

fn a_server_is_ready_when_its_path_says_so() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let gated = Gated::attached(port, &[("CLIENT_CERT_UPSTREAM_READY", "/ready")]);
    let asked = ask(&gated);
    // What is asked before it is ready is the probe alone.
    for status in [
        "503 Service Unavailable",
        "503 Service Unavailable",
        "204 No Content",
    ] {
        let mut probe = listener.accept().unwrap().0;
        let mut head = [0; 10];
        probe.read_exact(&mut head).unwrap();
        assert_eq!(&head, b"GET /ready");
        write!(probe, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
    }
    let call = listener.accept().unwrap().0;
    thread::spawn(move || serve(call));
    assert_eq!(asked.join().unwrap().status, 200);
}
