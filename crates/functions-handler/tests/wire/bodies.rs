//! Bodies and connections.

use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::time::Instant;

use crate::common::process::{Answer, PATIENCE, get};
use crate::{Gate, SECURED, assert_closed};

#[test]
fn a_caller_that_has_said_all_is_answered() {
    let gate = Gate::open();
    for (certificate, status) in [(Some(gate.pinned.header()), 200), (None, 401)] {
        let mut stream = gate.handler.connect();
        stream
            .write_all(get(SECURED, certificate.as_deref()).as_bytes())
            .unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(Answer::read(&mut stream).unwrap().status, status);
    }
}

#[test]
fn a_refusal_does_not_wait_for_the_body_and_drains_it() {
    let gate = Gate::open();
    // Nothing of the announced body is sent: the answer comes all the same.
    let head =
        format!("POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
    let refused = gate.handler.exchange(head.as_bytes()).unwrap();
    assert_eq!(
        (refused.status, refused.header("connection")),
        (401, Some("close"))
    );
    // A large body is taken until its end, so that whoever sends it gets to read the answer.
    let length = 8 * 1024 * 1024;
    let mut stream = gate.handler.connect();
    write!(
        stream,
        "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    )
    .unwrap();
    stream.write_all(&vec![b'x'; length]).unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().status, 401);
    assert_closed(&mut stream);
    // Chunked likewise.
    let mut stream = gate.handler.connect();
    write!(stream, "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n").unwrap();
    assert_eq!(Answer::read(&mut stream).unwrap().status, 401);
    assert_closed(&mut stream);
    gate.assert_open();
}

#[test]
fn a_caller_that_expects_to_continue_is_refused_before_the_body_is_sent() {
    let gate = Gate::open();
    let request = format!(
        "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"
    );
    assert_eq!(
        gate.handler.exchange(request.as_bytes()).unwrap().status,
        401
    );
    gate.assert_open();
}

#[test]
fn a_body_beyond_the_hosts_limit_is_refused_after_the_caller() {
    let gate = Gate::open();
    let post = |certificate: &str| {
        let request = format!(
            "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\n{certificate}Content-Length: 104857601\r\n\r\n"
        );
        gate.handler.exchange(request.as_bytes()).unwrap().status
    };
    assert_eq!(post(""), 401);
    assert_eq!(
        post(&format!("X-ARR-ClientCert: {}\r\n", gate.pinned.header())),
        413
    );
    gate.assert_open();
}

#[test]
fn connections_are_kept_and_bodies_nobody_reads_do_no_harm() {
    let gate = Gate::open();
    let good = gate.pinned.header();
    let mut stream = gate.handler.connect();
    for turn in 0..20 {
        let body = "x".repeat(turn * 1000);
        write!(stream, "POST {SECURED} HTTP/1.1\r\nHost: localhost\r\nX-ARR-ClientCert: {good}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        assert_eq!(
            Answer::read(&mut stream).unwrap().status,
            200,
            "turn {turn}"
        );
    }
}

#[test]
fn a_head_that_does_not_go_on_is_not_waited_for() {
    let gate = Gate::open();
    let mut stream = gate.handler.connect();
    stream.set_read_timeout(Some(2 * PATIENCE)).unwrap();
    let begin = Instant::now();
    stream
        .write_all(b"GET /api/PublicFunction HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        .unwrap();
    assert_closed(&mut stream);
    assert!(begin.elapsed() > PATIENCE, "slow senders get their time");
    gate.assert_open();
}

#[test]
fn the_port_is_open_on_one_address_alone() {
    let gate = Gate::open();
    assert!(TcpStream::connect(("127.0.0.2", gate.handler.port)).is_err());
    assert!(TcpStream::connect(("::1", gate.handler.port)).is_err());
    gate.assert_open();
}
