//! Lengths, chunks, bodies that break off, and other protocols.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use super::{handed_over, locked};

/// A chunked request.
fn chunked(certificate: &str, lines: &str, chunks: &str) -> String {
    let head = handed_over("POST", "/api/plain", certificate, lines, "");
    head.trim_end_matches("\r\n").to_owned() + "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks
}

#[test]
fn a_length_beside_chunks_is_no_length() {
    let fixture = locked("proxy");
    for length in [
        "X-Content-Length: 1",
        "X-Content-Length: 99",
        "X-Content-Length: text",
    ] {
        let seen = fixture.runs_for_its_caller_alone(Some("Plain"), |certificate| {
            chunked(
                certificate,
                &format!("{length}\r\n"),
                "4\r\ntext\r\n0\r\n\r\n",
            )
        });
        assert_eq!(seen.unwrap().body.as_deref(), Some(&b"text"[..]));
    }
    // What follows the last chunk is a request of its own, with a lock of its own.
    let smuggled = handed_over("GET", "/api/item/7", "AAAA", "", "");
    let text = chunked(
        &fixture.caller("Plain"),
        "X-Content-Length: 4\r\n",
        "0\r\n\r\n",
    ) + &smuggled;
    let mut stream = fixture.server.connect();
    stream.write_all(text.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answers = String::new();
    let _ = stream.read_to_string(&mut answers);
    let statuses: Vec<&str> = answers.matches("HTTP/1.1 ").collect();
    assert_eq!(statuses.len(), 2, "{answers}");
    assert!(
        answers.starts_with("HTTP/1.1 200") && answers.contains("HTTP/1.1 401"),
        "{answers}"
    );
}

#[test]
fn a_trailer_is_no_header() {
    let fixture = locked("proxy");
    let item = fixture.caller("Item");
    let trailer = format!("4\r\ntext\r\n0\r\nX-ARR-ClientCert: {item}\r\n\r\n");
    let seen = fixture.runs_for_its_caller_alone(Some("Plain"), |certificate| {
        chunked(certificate, "Trailer: X-ARR-ClientCert\r\n", &trailer)
    });
    assert_eq!(seen.unwrap().header("X-ARR-ClientCert").len(), 1);
}

#[test]
fn a_body_that_breaks_off_never_counts_as_whole() {
    let fixture = locked("proxy");
    let plain = fixture.caller("Plain");
    let sized = handed_over("POST", "/api/plain", &plain, "Content-Length: 10\r\n", "");
    for text in [
        sized.clone() + "half",
        sized,
        chunked(&plain, "", "4\r\nhalf"),
        chunked(&plain, "", "4\r\ntext\r\n"),
        chunked(&plain, "", "4\r\ntext\r\n0\r\n"),
        chunked(&plain, "", "-1\r\n\r\n0\r\n\r\n"),
        chunked(&plain, "", "4\r\ntextX0\r\n\r\n"),
        chunked(&plain, "", "g\r\ntext\r\n0\r\n\r\n"),
    ] {
        let (_, seen) = fixture.send(text.as_bytes(), true);
        assert!(seen.is_none_or(|seen| seen.body.is_none()), "{text}");
    }
}

#[test]
fn no_protocol_is_switched_to() {
    let fixture = locked("proxy");
    for upgrade in [
        "Connection: Upgrade\r\nUpgrade: websocket\r\n",
        "Upgrade: foo\r\n",
    ] {
        fixture.runs_for_its_caller_alone(None, |certificate| {
            handed_over("GET", "/api/plain", certificate, upgrade, "")
        });
    }
    let offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    fixture.runs_for_its_caller_alone(Some("Plain"), |certificate| {
        handed_over("GET", "/api/plain", certificate, offer, "")
    });
}
