//! Calls that one side refuses.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use openssl::ssl::SslVersion;
use serde_json::{Value, json};
use test_support::hierarchy::{client, expired_client, p256, root, self_signed_client};
use test_support::pfx::{self, PASSWORD};

use crate::desk::{Desk, VERSIONS, thumbprints};

#[test]
fn a_refused_certificate_is_explained_by_its_alert() {
    let desk = Desk::new();
    let stranger = client(&root("Stranger"), "client", p256());
    desk.write("stranger.p12", &pfx::ordinary(&stranger, &[]));
    desk.write("self.p12", &pfx::ordinary(&self_signed_client(), &[]));
    desk.write("bare.p12", &pfx::ordinary(&desk.family.client, &[]));
    let expired = expired_client(&desk.family.root);
    desk.write("expired.p12", &pfx::ordinary(&expired, &[]));
    for (version, name) in VERSIONS {
        let partner = desk.partner(version);
        for (file, number, alert) in [
            ("stranger.p12", 48, "unknown_ca"),
            ("self.p12", 48, "unknown_ca"),
            ("bare.p12", 48, "unknown_ca"),
            ("expired.p12", 45, "certificate_expired"),
        ] {
            // The alert and the end of the connection race each other; the alert must always win.
            for _ in 0..5 {
                let (code, report) = desk.present(file, &partner.url("/"), &[]);
                assert_eq!(code, 1, "{file}");
                assert_eq!(report["outcome"], "handshake-refused", "{file} {report:#}");
                let refusal = &report["refusal"];
                assert_eq!(refusal["by"], "server", "{file}");
                assert_eq!(refusal["alert"], json!({"number": number, "name": alert}));
                assert_eq!(refusal["afterHandshake"], name == "1.3", "{file}");
                assert_eq!(
                    thumbprints(&report["sentCertificates"])[0].len(),
                    64,
                    "{file}"
                );
            }
        }
        assert!(partner.seen(|seen| seen.requests.is_empty()));
    }
}

#[test]
fn without_an_identity_the_demand_is_named() {
    let desk = Desk::new();
    for ((version, _), (number, alert)) in VERSIONS
        .into_iter()
        .zip([(40, "handshake_failure"), (116, "certificate_required")])
    {
        let partner = desk.partner(version);
        let report = desk.call(&partner.url("/"), &["--json"]);
        assert_eq!(report.code, 1);
        let report = report.json();
        assert_eq!(
            report["refusal"]["alert"],
            json!({"number": number, "name": alert})
        );
        assert_eq!(report["certificateAsked"], true);
        assert_eq!(report["sentCertificates"], json!([]));
        let meaning = report["refusal"]["meaning"].as_str().unwrap();
        assert!(
            meaning.contains("demands a client certificate and got none"),
            "{meaning}"
        );
        let text = desk.call(&partner.url("/"), &[]).stdout;
        for words in [
            &format!("alert {number} ({alert})"),
            "the server refused",
            "what to do",
            "no certificate was sent",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}

#[test]
fn a_server_that_is_not_trusted_gets_no_request_and_is_shown() {
    let desk = Desk::new();
    desk.write("other.pem", &root("Other").certificate.to_pem().unwrap());
    for (version, _) in VERSIONS {
        let partner = desk.partner(version);
        let elsewhere = partner.url("/").replace("127.0.0.1", "localhost");
        for (url, anchor, says) in [
            (partner.url("/"), "other.pem", "--cacert"),
            (elsewhere, "ca.pem", "by a name that its certificate holds"),
        ] {
            let output = desk.mtls(&["call", &url, "--cacert", anchor, "--cacert-only", "--json"]);
            let report = output.json();
            assert_eq!(output.code, 1, "{report:#}");
            assert_eq!(report["outcome"], "untrusted-server", "{report:#}");
            assert_eq!(report["refusal"]["by"], "client");
            let advice = report["refusal"]["advice"].as_str().unwrap();
            assert!(advice.contains(says), "{advice}");
            assert_eq!(report["serverCertificates"][0]["subject"], "CN=server");
        }
        assert!(partner.seen(|seen| seen.requests.is_empty()));
    }
}

#[test]
fn added_anchors_are_trusted_beside_the_systems() {
    let desk = Desk::new();
    let partner = desk.partner(SslVersion::TLS1_3);
    let url = partner.url("/");
    let ours = ["--identity", "ours.p12", "--password", PASSWORD];
    let with = desk.mtls(&[["call", &url, "--cacert", "ca.pem"].as_slice(), &ours].concat());
    assert_eq!(with.code, 0, "{}", with.stdout);
    let without = desk.mtls(&[["call", &url].as_slice(), &ours].concat());
    assert_eq!(without.code, 1);
    assert!(
        without.stdout.contains("untrusted-server"),
        "{}",
        without.stdout
    );
}

#[test]
fn no_tls_no_answer_and_no_server_are_distinguished() {
    let desk = Desk::new();
    let plain = TcpListener::bind("127.0.0.1:0").unwrap();
    let plain_url = format!("https://{}/", plain.local_addr().unwrap());
    let answering = thread::spawn(move || {
        let (mut stream, _) = plain.accept().unwrap();
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .unwrap();
        let _ = stream.read(&mut [0; 64]);
    });
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_url = format!("https://{}/", silent.local_addr().unwrap());
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed_url = format!("https://{}/", closed.local_addr().unwrap());
    drop(closed);
    for (url, outcome, by, says) in [
        (plain_url, "handshake-refused", "client", "speaks no TLS"),
        (silent_url, "timed-out", "nobody", "handshake in time"),
        (closed_url, "unreachable", "nobody", "no connection"),
    ] {
        let output = desk.call(&url, &["--timeout", "1", "--json"]);
        let report = output.json();
        assert_eq!(output.code, 1);
        assert_eq!(report["outcome"], outcome, "{report:#}");
        assert_eq!(report["refusal"]["by"], by);
        assert!(
            report["refusal"]["meaning"]
                .as_str()
                .unwrap()
                .contains(says),
            "{report:#}"
        );
        assert_eq!(report["certificateAsked"], Value::Null);
    }
    answering.join().unwrap();
}
