//! The server, called through its binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use test_support::Shape;
use test_support::process::{Answer, PATIENCE, free_port, get};

const LISTED: &str = "https://app.example";

/// Killed when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Connects as soon as the server listens.
fn connect(port: u16) -> TcpStream {
    let end = Instant::now() + PATIENCE;
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(stream) => {
                stream.set_read_timeout(Some(PATIENCE)).unwrap();
                return stream;
            }
            Err(error) => assert!(Instant::now() < end, "{error}"),
        }
    }
}

#[test]
fn the_layer_admits_and_refuses_as_the_settings_say() {
    let caller = Shape::caller("partner").valid_today().self_signed();
    let stranger = Shape::caller("stranger").valid_today().self_signed();
    let port = free_port();
    let child = Command::new(env!("CARGO_BIN_EXE_axum-layer"))
        .env_clear()
        .env("PORT", port.to_string())
        .env("CLIENT_CERT_FRONT_END", "development")
        .env("ALLOWED_CLIENT_CERT_THUMBPRINTS", caller.sha256())
        .env("CLIENT_CERT_DENIED_STATUS", "403")
        .env("CLIENT_CERT_ALLOWED_ORIGINS", LISTED)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _server = Server(child);
    let send = |request: &str| {
        let mut stream = connect(port);
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream).unwrap()
    };
    let exchange = |path: &str, certificate: Option<&str>| send(&get(path, certificate));
    let admitted = exchange("/whoami", Some(&caller.header()));
    assert_eq!(
        (admitted.status, admitted.body.as_slice()),
        (200, &b"CN=partner"[..])
    );
    assert_eq!(admitted.header("cache-control"), Some("no-store"));
    for certificate in [None, Some(stranger.header())] {
        let refused = exchange("/whoami", certificate.as_deref());
        assert_eq!(refused.status, 403);
        assert_eq!(
            refused.header("content-type"),
            Some("application/problem+json")
        );
    }
    assert_eq!(exchange("/health", None).body, b"alive");
    let target = "http://rebound.example/whoami";
    assert_eq!(exchange(target, Some(&caller.header())).status, 403);
    for (origin, status, allowed) in [
        (LISTED, 200, Some(LISTED)),
        ("https://other.example", 403, None),
    ] {
        let certificate = caller.header();
        let call = send(&format!(
            "GET /whoami HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nX-ARR-ClientCert: {certificate}\r\n\r\n"
        ));
        let preflight = send(&format!(
            "OPTIONS /whoami HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: GET\r\n\r\n"
        ));
        for answer in [call, preflight] {
            assert_eq!(answer.status, status, "{origin}");
            assert_eq!(answer.header("access-control-allow-origin"), allowed);
        }
    }
}
