//! The gate under attack: requests that two readers read in two ways, and what comes of connections that are shared.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::app::{Gated, PUBLIC, SECURED};
use crate::trials;

trials!(
    no_request_is_smuggled_in_the_body_of_another,
    pipelined_requests_are_decided_one_by_one_and_answered_in_order,
);

/// A server that says what it got, each request as it was framed, and answers with its target.
fn recording() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, seen) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let sender = sender.clone();
            thread::spawn(move || record(stream.unwrap(), &sender));
        }
    });
    (port, seen)
}

fn record(mut stream: TcpStream, seen: &Sender<String>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let (mut text, mut length, mut is_chunked) = (String::new(), 0, false);
        while !text.ends_with("\r\n\r\n") {
            if reader.read_line(&mut text).unwrap_or(0) == 0 {
                return;
            }
        }
        for line in text.to_lowercase().lines() {
            length = line
                .strip_prefix("content-length: ")
                .map_or(length, |value| value.parse().unwrap());
            is_chunked |= line == "transfer-encoding: chunked";
        }
        assert!(length == 0 || !is_chunked, "two lengths: {text}");
        let head = text.len();
        while is_chunked && !text[head..].ends_with("0\r\n\r\n") {
            reader.read_line(&mut text).unwrap();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        text.push_str(&String::from_utf8(body).unwrap());
        let target = text.split(' ').nth(1).unwrap().to_owned();
        let _ = seen.send(text);
        let length = target.len();
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{target}");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// The statuses and bodies of all answers on a connection that has sent everything.
fn answers(gated: &Gated, requests: &str) -> Vec<(u16, String)> {
    let mut stream = gated.handler.connect();
    stream.write_all(requests.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let answers = text.split("HTTP/1.1 ").skip(1).map(|answer| {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[..3].parse().unwrap(), body.to_owned())
    });
    answers.collect()
}

fn no_request_is_smuggled_in_the_body_of_another() {
    let (port, seen) = recording();
    let gated = Gated::attached(port, &[]);
    let admitted = format!("X-ARR-ClientCert: {}\r\n", gated.caller.header());
    let evil = format!(
        "GET {SECURED}?evil HTTP/1.1\r\nHost: localhost\r\nX-Client-Cert-Caller: a\r\n\r\n"
    );
    let long = evil.len();
    let chunk = format!("{long:x}\r\n{evil}\r\n0\r\n\r\n");
    // The lines that frame a body, and the body.
    let table = [
        (format!("Content-Length: {long}\r\n"), evil.clone()),
        ("Transfer-Encoding: chunked\r\n".to_owned(), chunk.clone()),
        (
            "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n".to_owned(),
            chunk.clone(),
        ),
        (
            "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n".to_owned(),
            chunk.clone(),
        ),
        (
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n".to_owned(),
            format!("0\r\n\r\n{evil}"),
        ),
        (
            "Transfer-Encoding: gzip, chunked\r\n".to_owned(),
            chunk.clone(),
        ),
        (
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(),
            chunk.clone(),
        ),
        ("Transfer-Encoding: identity\r\n".to_owned(), evil.clone()),
        (
            "Transfer-Encoding:\x0bchunked\r\n".to_owned(),
            chunk.clone(),
        ),
        ("Transfer-Encoding : chunked\r\n".to_owned(), chunk.clone()),
        (
            "X: y\rTransfer-Encoding: chunked\r\n".to_owned(),
            chunk.clone(),
        ),
        ("Transfer_Encoding: chunked\r\n".to_owned(), evil.clone()),
        ("Content_Length: 400\r\n".to_owned(), evil.clone()),
        (
            "Connection: content-length\r\nContent-Length: 0\r\n".to_owned(),
            evil.clone(),
        ),
        (
            "Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n".to_owned(),
            chunk,
        ),
        (format!("Content-Length: {long}, {long}\r\n"), evil.clone()),
        (String::new(), evil.clone()),
        (
            "Transfer-Encoding: chunked\r\n".to_owned(),
            format!("0;{}\r\n\r\n{evil}", "x".repeat(9)),
        ),
        (
            "Transfer-Encoding: chunked\r\n".to_owned(),
            format!("0\nX: y\n\n{evil}"),
        ),
        (
            "Transfer-Encoding: chunked\r\n".to_owned(),
            format!("0x0\r\n\r\n{evil}"),
        ),
        (
            "Transfer-Encoding: chunked\r\nTrailer: content-length\r\n".to_owned(),
            format!("0\r\nContent-Length: 9\r\nHost: evil\r\n\r\n{evil}"),
        ),
    ];
    for (lines, body) in &table {
        for (path, identity) in [(PUBLIC, ""), (SECURED, admitted.as_str())] {
            for method in ["POST", "GET"] {
                let request = format!(
                    "{method} {path}?first HTTP/1.1\r\nHost: localhost\r\n{identity}{lines}\r\n{body}"
                );
                let found = answers(&gated, &request);
                // What does not belong to the body is a request of its own, from nobody.
                for (status, body) in found {
                    assert!(!body.contains("evil"), "{request}: {status} {body}");
                }
                for text in seen.try_iter() {
                    let target = text.split(' ').nth(1).unwrap();
                    assert_eq!(target, format!("{path}?first"), "{request}");
                    assert!(
                        !text.to_lowercase().contains("host: evil"),
                        "{request}: {text}"
                    );
                }
            }
        }
        assert_eq!(
            gated.secured(SECURED, "").body,
            SECURED.as_bytes(),
            "{lines}"
        );
        assert_eq!(seen.try_iter().count(), 1, "one request for one");
    }
}

fn pipelined_requests_are_decided_one_by_one_and_answered_in_order() {
    let (port, seen) = recording();
    let gated = Gated::attached(port, &[]);
    let certificate = format!("X-ARR-ClientCert: {}\r\n", gated.caller.header());
    let request = |target: String, lines: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n")
    };
    let mut requests = String::new();
    let mut expected = Vec::new();
    for number in 0..20 {
        let admitted = format!("{SECURED}?{number}");
        let open = format!("{PUBLIC}?{number}");
        requests += &request(admitted.clone(), &certificate);
        requests += &request(format!("{SECURED}?refused{number}"), "");
        requests += &request(open.clone(), "X-Client-Cert-Caller: evil\r\n");
        expected.extend([(200, Some(admitted)), (401, None), (200, Some(open))]);
    }
    let found = answers(&gated, &requests);
    assert_eq!(found.len(), expected.len());
    for ((status, body), (expected, target)) in found.iter().zip(expected) {
        assert_eq!(*status, expected, "{body}");
        assert!(target.is_none_or(|target| *body == target), "{body}");
    }
    let seen: Vec<String> = seen.try_iter().collect();
    assert_eq!(seen.len(), 40, "what is refused does not get there");
    for text in seen {
        let is_secured = text.starts_with(&format!("GET {SECURED}?"));
        let names_caller = text.to_lowercase().contains("x-client-cert-sha256: ");
        assert_eq!(is_secured, names_caller, "{text}");
        assert!(
            !text.contains("refused") && !text.contains("evil"),
            "{text}"
        );
    }
}
