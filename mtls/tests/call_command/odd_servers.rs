//! Servers that complete the handshake, or not, and then do something odd: the report names the true reason.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};

use openssl::ssl::{SslAcceptor, SslMethod, SslStream, SslVerifyMode, SslVersion};
use serde_json::{Value, json};
use test_support::hierarchy::{client, p256, root, server};
use test_support::pfx;

use crate::desk::{Desk, VERSIONS};

/// A server for one connection. It takes any certificate, and asks for one only if `asks`.
struct Odd {
    url: String,
    thread: JoinHandle<()>,
}

impl Odd {
    fn start(
        desk: &Desk,
        version: SslVersion,
        asks: bool,
        behave: impl FnOnce(SslStream<TcpStream>) + Send + 'static,
    ) -> Self {
        let identity = server(&desk.family.root);
        let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
        builder.set_certificate(&identity.certificate).unwrap();
        builder.set_private_key(&identity.key).unwrap();
        builder.set_min_proto_version(Some(version)).unwrap();
        builder.set_max_proto_version(Some(version)).unwrap();
        if asks {
            builder.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
            builder.set_session_id_context(b"odd").unwrap();
        }
        let acceptor = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let thread = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            behave(acceptor.accept(stream).unwrap());
        });
        Self { url, thread }
    }

    fn end(self) {
        self.thread.join().unwrap();
    }
}

fn read_head(stream: &mut SslStream<TcpStream>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).unwrap(), 1, "the request is whole");
        head.push(byte[0]);
    }
}

fn text<'a>(report: &'a Value, field: &str) -> &'a str {
    report["refusal"][field].as_str().unwrap()
}

/// No sentence of the explanation blames the certificate.
#[track_caller]
fn blames_no_certificate(report: &Value) {
    let told = format!("{} {}", text(report, "meaning"), text(report, "advice"));
    for words in ["thumbprint", "--identity", "partner", "registered"] {
        assert!(!told.contains(words), "{words}: {told}");
    }
}

#[test]
fn an_answer_that_is_not_http_is_not_blamed_on_our_certificate() {
    let desk = Desk::new();
    for (version, _) in VERSIONS {
        for garbage in [
            b"SSH-2.0-OpenSSH_9.2\r\n\r\n".as_slice(),
            b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80",
            b"HTTP/1.1 20x OK\r\n\r\n",
        ] {
            for asks in [true, false] {
                let odd = Odd::start(&desk, version, asks, move |mut stream| {
                    read_head(&mut stream);
                    stream.write_all(garbage).unwrap();
                    // Until our side has read it and gone.
                    let _ = stream.read(&mut [0]);
                });
                let (code, report) = desk.present("ours.p12", &odd.url, &[]);
                odd.end();
                assert_eq!(code, 1, "{report:#}");
                assert_eq!(report["outcome"], "unreachable", "{report:#}");
                assert_eq!(report["refusal"]["by"], "client");
                assert!(
                    text(&report, "meaning").contains("not HTTP/1.1"),
                    "{report:#}"
                );
                blames_no_certificate(&report);
            }
        }
    }
}

#[test]
fn a_connection_that_ends_without_an_answer_is_explained_by_what_was_sent() {
    let desk = Desk::new();
    for (version, _) in VERSIONS {
        for (asks, says) in [
            (false, "took the request and closed the connection"),
            (true, "after our certificate was sent"),
        ] {
            for in_order in [true, false] {
                let odd = Odd::start(&desk, version, asks, move |mut stream| {
                    read_head(&mut stream);
                    if in_order {
                        let _ = stream.shutdown();
                    }
                });
                let (code, report) = desk.present("ours.p12", &odd.url, &[]);
                odd.end();
                assert_eq!(code, 1);
                assert_eq!(report["outcome"], "unreachable", "{report:#}");
                assert_eq!(report["refusal"]["by"], "nobody", "{report:#}");
                assert!(text(&report, "meaning").contains(says), "{report:#}");
                if !asks {
                    blames_no_certificate(&report);
                }
            }
        }
    }
}

#[test]
fn an_alert_about_the_version_is_about_the_version() {
    let desk = Desk::new();
    for (version, name) in [(SslVersion::TLS1_2, "1.3"), (SslVersion::TLS1_3, "1.2")] {
        let partner = desk.partner(version);
        let report = desk
            .call(&partner.url("/"), &["--tls", name, "--json"])
            .json();
        assert_eq!(
            report["refusal"]["alert"],
            json!({"number": 70, "name": "protocol_version"})
        );
        assert!(
            text(&report, "meaning").contains("version of TLS"),
            "{report:#}"
        );
        blames_no_certificate(&report);
    }
}

#[test]
fn an_alert_that_crosses_a_long_request_is_still_read() {
    let desk = Desk::new();
    let stranger = client(&root("Stranger"), "client", p256());
    desk.write("stranger.p12", &pfx::ordinary(&stranger, &[]));
    let data = "x".repeat(100_000);
    for (version, _) in VERSIONS {
        let partner = desk.partner(version);
        for _ in 0..5 {
            let (code, report) =
                desk.present("stranger.p12", &partner.url("/"), &["--data", &data]);
            assert_eq!(code, 1);
            let alert = &report["refusal"]["alert"];
            assert_eq!(
                *alert,
                json!({"number": 48, "name": "unknown_ca"}),
                "{report:#}"
            );
        }
    }
}
