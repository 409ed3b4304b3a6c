//! `mtls front-end` before a server of its own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::channel;

use crate::project::Project;
use crate::running::Running;

pub fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

#[test]
fn bodies_stream_both_ways_and_the_header_is_set() {
    let project = Project::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = project.front_end(server.local_addr().unwrap(), &[]);
    let mut stream = running.caller().named("allowed").connect().unwrap();
    let head = "POST /x//y?a=1&a=2 HTTP/1.1\r\nHost: localhost\r\nX_ARR_ClientCert: forged\r\nTrailer: X-ARR-ClientCert, X_ARR_ClientCert, X-Kept\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
    stream.write_all(head.as_bytes()).unwrap();

    // The server sees the first chunk while the caller has not sent the last, and the other way round.
    let (mut upstream, _) = server.accept().unwrap();
    let head = read_head(&mut upstream);
    assert!(
        head.starts_with("POST /x//y?a=1&a=2 HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(
        head.contains("x-arr-clientcert: MII") && !head.contains("forged"),
        "{head}"
    );
    assert!(
        head.contains("host: localhost\r\n") && head.contains("x-forwarded-proto: https"),
        "{head}"
    );
    let mut chunk = [0; 10];
    upstream.read_exact(&mut chunk).unwrap();
    assert_eq!(&chunk, b"5\r\nfirst\r\n");
    upstream
        .write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nanswer\r\n")
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"6\r\nanswer\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    stream
        .write_all(
            b"0\r\nX-ARR-ClientCert: forged\r\nX_ARR_ClientCert: forged\r\nX-Kept: 1\r\n\r\n",
        )
        .unwrap();
    assert_eq!(read_head(&mut upstream), "0\r\nx-kept: 1\r\n\r\n");
}

#[test]
fn required_refuses_before_the_upstream_hears_of_it() {
    let project = Project::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = project.front_end(server.local_addr().unwrap(), &["--mode", "required"]);
    let refused = running.caller().get("/x");
    assert_eq!(
        (refused.status, refused.body.as_str()),
        (403, "Client Certificate Required")
    );
    server.set_nonblocking(true).unwrap();
    assert!(server.accept().is_err());
}

#[test]
fn a_missing_upstream_is_502_with_what_to_do() {
    let project = Project::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    drop(server);
    let running = project.front_end(address, &[]);
    let answer = running.caller().get("/x");
    assert_eq!(answer.status, 502);
    assert!(answer.body.contains("func start"), "{answer:?}");
}

#[test]
fn kept_connections_are_used_again() {
    let project = Project::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = project.front_end(server.local_addr().unwrap(), &[]);
    let (sender, heads) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        for _ in 0..2 {
            sender.send(read_head(&mut stream)).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
        }
        drop(server);
    });
    for path in ["/1", "/2"] {
        assert_eq!(running.caller().get(path).status, 200);
        assert!(heads.recv().unwrap().starts_with(&format!("GET {path} ")));
    }
}

#[test]
fn other_machines_are_no_upstream_unless_danger_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "front-end",
        "--upstream",
        "http://192.0.2.1:80",
        "--port",
        "0",
    ];
    let (status, errors) = Running::launch(folder.path(), &arguments).end();
    assert_eq!(status.code(), Some(64));
    assert!(errors.contains("--dangerous-upstream"), "{errors}");
}

/// Answers one request with these bytes, and gives its head with what came behind it.
fn answering(
    answer: &'static [u8],
    body: usize,
) -> (SocketAddr, std::sync::mpsc::Receiver<String>) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let (sender, requests) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut request = read_head(&mut stream).into_bytes();
        let start = request.len();
        request.resize(start + body, 0);
        let _ = stream.read_exact(&mut request[start..]);
        stream.write_all(answer).unwrap();
        sender.send(String::from_utf8(request).unwrap()).unwrap();
        // Until the front end has closed it.
        let _ = stream.read(&mut [0]);
    });
    (address, requests)
}

#[test]
fn a_switch_of_protocols_that_nobody_asked_for_is_not_passed_on() {
    let project = Project::new();
    let answer =
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nraw bytes";
    for asked in ["", "Connection: Upgrade\r\nUpgrade: x\r\n"] {
        let (address, requests) = answering(answer, 0);
        let running = project.front_end(address, &[]);
        let request =
            format!("GET /x HTTP/1.1\r\nHost: localhost\r\n{asked}Connection: close\r\n\r\n");
        let answer = running.caller().raw(request.as_bytes());
        assert_eq!(answer.status, 502, "{answer:?}");
        assert!(!answer.body.contains("raw bytes"), "{answer:?}");
        assert!(!requests.recv().unwrap().to_lowercase().contains("upgrade"));
    }
}

#[test]
fn a_chunked_body_arrives_whatever_the_method() {
    let project = Project::new();
    let chunks = "2\r\nhi\r\n0\r\n\r\n";
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "POST", "QUERY"] {
        let (address, requests) = answering(b"HTTP/1.1 204 No Content\r\n\r\n", chunks.len());
        let running = project.front_end(address, &[]);
        let request = format!(
            "{method} /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
        );
        assert_eq!(
            running.caller().raw(request.as_bytes()).status,
            204,
            "{method}"
        );
        let received = requests.recv().unwrap();
        assert!(received.ends_with(chunks), "{method}: {received:?}");
        assert!(
            received.contains("transfer-encoding: chunked\r\n"),
            "{received}"
        );
    }
}

#[test]
fn a_length_beside_chunks_is_not_passed_on() {
    let project = Project::new();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nanswer\r\n0\r\n\r\n";
    let chunks = "5\r\nfirst\r\n0\r\n\r\n";
    let (address, requests) = answering(answer, chunks.len());
    let running = project.front_end(address, &[]);
    let request = format!(
        "POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
    );
    let answer = running.caller().raw(request.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!answer.head.contains("content-length"), "{answer:?}");
    assert!(answer.body.contains("answer"), "{answer:?}");
    let received = requests.recv().unwrap();
    assert!(
        !received.contains("content-length") && received.ends_with(chunks),
        "{received}"
    );
}
