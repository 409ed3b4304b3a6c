//! Who is let through.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::peer::{PATIENCE, Peer};
use crate::stage::{Stage, client};

/// Long enough for an answer that should not come.
const A_MOMENT: Duration = Duration::from_millis(300);

#[test]
fn other_names_and_other_pages_never_reach_the_app() {
    let stage = Stage::new();
    let own = format!("127.0.0.1:{}", stage.port);
    let other_port = format!("127.0.0.1:{}", stage.port.wrapping_add(1));
    for (lines, expected) in [
        (format!("Host: rebound.example:{}\r\n", stage.port), 421),
        (format!("Host: {other_port}\r\n"), 421),
        (format!("Host: {own}\r\nHost: {own}\r\n"), 421),
        (
            format!("Host: {own}\r\nOrigin: https://evil.example\r\n"),
            403,
        ),
        (
            format!("Host: {own}\r\nOrigin: http://{other_port}\r\n"),
            403,
        ),
        (format!("Host: {own}\r\nOrigin: null\r\n"), 403),
        (
            format!("Host: {own}\r\nReferer: https://evil.example/\r\n"),
            403,
        ),
        (
            format!("Host: {own}\r\nSec-Fetch-Site: cross-site\r\n"),
            403,
        ),
        (format!("Host: {own}\r\nSec-Fetch-Site: same-site\r\n"), 403),
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let mut client = stage.client();
            client.send(&format!(
                "{method} /x HTTP/1.1\r\n{lines}Content-Length: 0\r\n\r\n"
            ));
            let head = client.head();
            assert!(
                head.starts_with(&format!("HTTP/1.1 {expected} ")),
                "{lines}: {head}"
            );
            assert!(!head.to_lowercase().contains("access-control-"), "{head}");
        }
    }
    stage.is_untouched();
}

#[test]
fn a_token_that_is_asked_for_must_come_and_does_not_go_on() {
    let mut stage = Stage::with(true, &["--token-env", "CONNECT_TOKEN"]);
    let request = |lines: &str| format!("GET /x HTTP/1.1\r\nHost: HOST\r\n{lines}\r\n");
    for lines in ["", "Mtls-Connect-Token: 0123456789abcdeF\r\n"] {
        let head = stage.call(&request(lines)).head();
        assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
    }
    let line = stage.running.request("/x");
    assert_eq!(line["stopped"], "token-missing");
    assert!(line["thumbprint"].is_null(), "{line}");
    let (head, answer) = stage.exchange(
        &request("Mtls-Connect-Token: 0123456789abcdef\r\n"),
        "HTTP/1.1 204 No Content\r\n\r\n",
    );
    assert!(!head.contains("0123456789abcdef"), "{head}");
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let printed = format!("{:?}", stage.running.seen);
    assert!(!printed.contains("0123456789abcdef"), "{printed}");
}

#[test]
fn one_address_alone_can_be_listened_on() {
    let stage = Stage::with(true, &["--listen", "127.0.0.1:0"]);
    drop(client(stage.port));
    let free = TcpListener::bind(("::1", stage.port));
    assert!(!matches!(&free, Err(error) if error.kind() == ErrorKind::AddrInUse));
}

#[test]
fn all_addresses_together_serve_so_many_connections() {
    const MOST: usize = 512;
    let stage = Stage::new();
    // Who has got an answer of the app is served, and stays connected; a refusal would end the connection.
    let mut app: Option<Peer<_>> = None;
    let mut served = Vec::new();
    while served.len() < MOST {
        let mut client = stage.call("GET /x HTTP/1.1\r\nHost: HOST\r\n\r\n");
        let mut used = match app {
            Some(kept) => stage.accept_unless_used(&kept).unwrap_or(kept),
            None => stage.accept(),
        };
        used.head();
        used.send("HTTP/1.1 204 No Content\r\n\r\n");
        client.head();
        app = Some(used);
        served.push(client);
    }
    // A machine without IPv6 has one address.
    let other = TcpStream::connect(("::1", stage.port));
    let mut waiting = other.map_or_else(|_| stage.client(), Peer::of);
    waiting.send("GET /x HTTP/1.1\r\nHost: rebound.example\r\n\r\n");
    let stream = &waiting.stream;
    stream.set_read_timeout(Some(A_MOMENT)).unwrap();
    let kind = stream.peek(&mut [0]).unwrap_err().kind();
    assert_eq!(kind, ErrorKind::WouldBlock, "it is served before its turn");
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    drop(served);
    assert!(waiting.head().starts_with("HTTP/1.1 421 "));
}
