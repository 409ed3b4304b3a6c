//! Callers that send nothing more: they have left, or wait for their answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use crate::app::{Gated, PUBLIC};
use crate::trials;

trials!(a_caller_that_closes_its_side_gets_its_answer_and_one_that_leaves_ends_the_call);

fn a_caller_that_closes_its_side_gets_its_answer_and_one_that_leaves_ends_the_call() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let gated = Gated::attached(listener.local_addr().unwrap().port(), &[]);
    let ask = || {
        let mut caller = gated.handler.connect();
        let request = format!("GET {PUBLIC} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        caller.write_all(request.as_bytes()).unwrap();
        caller
    };
    // Nothing but the end of its connection tells the server that the caller has left, and it comes at once.
    let caller = ask();
    let mut upstream = accept(&listener);
    drop(caller);
    assert_eq!(upstream.read(&mut [0]).unwrap_or(0), 0);
    // One that has only closed its side waits for longer than any pause after which it could be taken for gone.
    let mut caller = ask();
    let mut upstream = accept(&listener);
    caller.shutdown(Shutdown::Write).unwrap();
    let wait = Duration::from_secs(3);
    upstream.set_read_timeout(Some(wait)).unwrap();
    let still_open = upstream.read(&mut [0]).unwrap_err();
    assert_eq!(still_open.kind(), std::io::ErrorKind::WouldBlock);
    upstream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate")
        .unwrap();
    let mut text = String::new();
    caller.read_to_string(&mut text).unwrap();
    assert!(text.ends_with("\r\n\r\nlate"), "{text}");
}

/// The next connection with a request, which is read: the gate also looks whether anybody listens.
fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        let stream = listener.accept().unwrap().0;
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap_or(0) > 0 {}
        if !head.is_empty() {
            return stream;
        }
    }
}
