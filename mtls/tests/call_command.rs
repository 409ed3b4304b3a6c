//! `mtls call` and `mtls certificate show --as-identity`, as people and programs run them.

#![allow(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

use openssl::hash::MessageDigest;
use openssl::ssl::SslVersion;
use serde_json::{Value, json};
use tempfile::TempDir;

use test_support::hierarchy::{
    Family, Issued, client, expired_client, p256, root, rsa, self_signed_client,
};
use test_support::partner::{Manner, Partner};
use test_support::pfx::{self, PASSWORD};

const VERSIONS: [(SslVersion, &str); 2] =
    [(SslVersion::TLS1_2, "1.2"), (SslVersion::TLS1_3, "1.3")];

/// A folder with `ca.pem` and `ours.p12`, and the command in it.
struct Desk {
    folder: TempDir,
    family: Family,
}

/// What a command answered.
struct Output {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
            family: Family::new(),
        };
        desk.write("ca.pem", &desk.family.root.certificate.to_pem().unwrap());
        let ours = pfx::ordinary(&desk.family.client, &desk.family.intermediates());
        desk.write("ours.p12", &ours);
        desk
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).unwrap();
    }

    fn partner(&self, version: SslVersion) -> Partner {
        Partner::start(Manner {
            version,
            ..Manner::strict(&self.family.root)
        })
    }

    /// Runs the command where nobody can be asked, and makes sure that it tells no password.
    fn mtls(&self, arguments: &[&str]) -> Output {
        let output = Command::new(env!("CARGO_BIN_EXE_mtls"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env("OURS_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let output = Output {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains(PASSWORD), "{text}");
            assert!(!text.contains("PRIVATE KEY"), "{text}");
        }
        output
    }

    fn call(&self, url: &str, more: &[&str]) -> Output {
        let trust = ["call", url, "--cacert", "ca.pem", "--cacert-only"];
        self.mtls(&[&trust, more].concat())
    }

    /// A call that presents a file, as JSON, with the exit code.
    fn present(&self, file: &str, url: &str, more: &[&str]) -> (i32, Value) {
        let identity = [
            "--identity",
            file,
            "--password-env",
            "OURS_PASSWORD",
            "--json",
        ];
        let output = self.call(url, &[&identity, more].concat());
        (output.code, output.json())
    }
}

impl Output {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} {}", self.stderr))
    }
}

fn sha256(issued: &Issued) -> String {
    let digest = issued.certificate.digest(MessageDigest::sha256()).unwrap();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn thumbprints(certificates: &Value) -> Vec<&str> {
    let certificates = certificates.as_array().unwrap();
    certificates
        .iter()
        .map(|c| c["sha256"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_reported_as_sent_is_what_arrived() {
    let desk = Desk::new();
    let chain = [&desk.family.client, &desk.family.second, &desk.family.first].map(sha256);
    for (version, name) in VERSIONS {
        let partner = desk.partner(version);
        let (code, report) = desk.present("ours.p12", &partner.url("/a?b"), &["--tls", name]);
        assert_eq!(code, 0, "{report:#}");
        assert_eq!(report["outcome"], "answered");
        assert_eq!(report["response"]["status"], 200);
        assert_eq!(report["response"]["body"]["text"], "ok");
        assert_eq!(report["refusal"], Value::Null);
        assert_eq!(report["note"], Value::Null);
        assert_eq!(report["tls"]["version"], format!("TLSv{name}"));
        assert!(
            report["tls"]["cipher"].as_str().unwrap().contains("AES"),
            "{report:#}"
        );
        assert_eq!(report["certificateAsked"], true);
        assert_eq!(report["authorities"], json!(["CN=Test Root"]));
        assert_eq!(thumbprints(&report["sentCertificates"]), chain);
        assert_eq!(report["sentCertificates"][0]["subject"], "CN=client");
        assert_eq!(report["sentCertificates"][0]["issuer"], "CN=Test Int 2");
        assert_eq!(report["serverCertificates"][0]["subject"], "CN=server");
        assert_eq!(report["serverCertificates"][0]["validity"], "valid");
        let (arrived, head) = partner.seen(|seen| {
            let request = &seen.requests[0];
            (request.chain.clone(), request.head.clone())
        });
        assert_eq!(arrived, desk.family.chain_der());
        assert!(head.starts_with("GET /a?b HTTP/1.1\r\n"), "{head}");
    }
}

#[test]
fn every_cipher_suite_of_tls_1_3_can_be_watched() {
    let desk = Desk::new();
    for suite in [
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    ] {
        let partner = Partner::start(Manner {
            suite: Some(suite),
            ..Manner::strict(&desk.family.root)
        });
        let (_, report) = desk.present("ours.p12", &partner.url("/"), &[]);
        assert_eq!(report["tls"]["cipher"], suite);
        assert_eq!(thumbprints(&report["sentCertificates"]).len(), 3, "{suite}");
    }
}

#[test]
fn a_server_that_asks_for_nothing_gets_nothing() {
    let desk = Desk::new();
    for (version, _) in VERSIONS {
        let partner = Partner::start(Manner {
            version,
            trusts: None,
            ..Manner::strict(&desk.family.root)
        });
        let (code, report) = desk.present("ours.p12", &partner.url("/"), &[]);
        assert_eq!(code, 0);
        assert_eq!(report["certificateAsked"], false);
        assert_eq!(report["sentCertificates"], json!([]));
        let text = desk.call(&partner.url("/"), &[]).stdout;
        assert!(text.contains("asked for no certificate"), "{text}");
    }
}

#[test]
fn a_refused_certificate_is_told_by_its_alert() {
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
fn without_an_identity_the_demand_is_told() {
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
fn added_anchors_stand_beside_the_systems() {
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
fn whoever_speaks_no_tls_says_nothing_or_is_not_there_is_told_apart() {
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

#[test]
fn the_request_is_as_it_was_asked_for_and_the_answer_as_it_came() {
    let desk = Desk::new();
    let partner = Partner::start(Manner {
        answer: Arc::new(|_| {
            let body = "no\u{1b}[2J\nsecond line";
            let length = body.len();
            format!(
                "HTTP/1.1 403 Forbidden\r\nX-Why: not listed\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        }),
        ..Manner::strict(&desk.family.root)
    });
    let request = [
        "--header",
        "X-A: 1",
        "--header",
        "Accept: text/plain",
        "--data",
        "-abc",
    ];
    let (code, report) = desk.present("ours.p12", &partner.url("/"), &request);
    assert_eq!(code, 1);
    assert_eq!(report["outcome"], "answered");
    assert_eq!(report["response"]["status"], 403);
    let headers = report["response"]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!({"name": "x-why", "value": "not listed"})));
    assert_eq!(report["response"]["body"]["end"], "complete");
    let note = report["note"].as_str().unwrap();
    assert!(note.contains("after the handshake"), "{note}");
    let head = partner.seen(|seen| seen.requests[0].head.to_lowercase());
    for line in [
        "post / http/1.1\r\n",
        "\r\nx-a: 1\r\n",
        "\r\naccept: text/plain\r\n",
        "\r\ncontent-length: 4\r\n",
    ] {
        assert!(head.contains(line), "{line} {head}");
    }
    let ours = ["--identity", "ours.p12", "--password", PASSWORD];
    let text = desk.call(&partner.url("/"), &ours).stdout;
    assert!(text.contains("no\\u{1b}[2J\n  second line\n"), "{text}");
    let order = [
        "403",
        "TLSv1.3",
        "CN=server",
        "of one of these",
        "CN=client",
        "CN=Test Int 2",
        "CN=Test Int 1",
    ];
    let places: Vec<_> = order
        .iter()
        .map(|words| text.find(words).unwrap())
        .collect();
    assert!(places.is_sorted(), "{places:?} {text}");
}

#[test]
fn a_body_that_breaks_off_is_no_success() {
    let desk = Desk::new();
    let partner = Partner::start(Manner {
        // A length that cannot be: the reader waits for more until the next head breaks the connection.
        answer: Arc::new(|_| {
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxx\r\n".to_owned()
        }),
        ..Manner::strict(&desk.family.root)
    });
    let (code, report) = desk.present("ours.p12", &partner.url("/"), &[]);
    assert_eq!(code, 1, "{report:#}");
    assert_eq!(report["response"]["body"]["end"], "broken-off");
    assert_eq!(report["response"]["body"]["text"], "hello");
}

#[test]
fn a_long_body_is_cut_off() {
    let desk = Desk::new();
    let partner = Partner::start(Manner {
        answer: Arc::new(|_| {
            let body = "a".repeat(2 << 20);
            format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        }),
        ..Manner::strict(&desk.family.root)
    });
    let (code, report) = desk.present("ours.p12", &partner.url("/"), &[]);
    assert_eq!(code, 0);
    assert_eq!(report["response"]["body"]["end"], "cut-off");
    assert_eq!(report["response"]["body"]["bytes"], 1 << 20);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let desk = Desk::new();
    let output = desk.mtls(&[
        "call",
        "http://partner.example",
        "--identity",
        "missing.p12",
        "--cacert",
        "missing.pem",
        "--header",
        "no colon",
        "--method",
        "G T",
    ]);
    assert_eq!(output.code, 64);
    assert_eq!(output.stdout, "");
    for at in ["URL", "missing.p12", "missing.pem", "--header", "--method"] {
        let line = format!("mtls: {at}: ");
        assert_eq!(
            output.stderr.matches(&line).count(),
            1,
            "{at} {}",
            output.stderr
        );
    }
    assert_eq!(output.stderr.lines().count(), 5, "{}", output.stderr);
}

#[test]
fn an_identity_that_does_not_load_is_a_mistake() {
    let desk = Desk::new();
    let both = [
        pfx::Bag::Key(&desk.family.client.key, None),
        pfx::Bag::Certificate(&desk.family.client.certificate, Some("one")),
        pfx::Bag::Key(&desk.family.second.key, None),
        pfx::Bag::Certificate(&desk.family.second.certificate, Some("two")),
    ];
    desk.write("both.p12", &pfx::plain(&both));
    for (arguments, says) in [
        (["--identity", "ours.p12"].as_slice(), "--password"),
        (
            &["--identity", "ours.p12", "--password", "wrong"],
            "--password",
        ),
        (&["--identity", "both.p12"], "--select"),
        (
            &["--identity", "both.p12", "--select", "three"],
            "\"three\"",
        ),
        (&["--identity", "ca.pem"], "no private key"),
        (&["--password", "x"], "--identity"),
    ] {
        let output = desk.call("https://127.0.0.1:1/", arguments);
        assert_eq!(output.code, 64, "{arguments:?} {}", output.stdout);
        assert!(
            output.stderr.contains(says),
            "{arguments:?} {}",
            output.stderr
        );
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    }
    let partner = Partner::start(Manner::strict(&desk.family.root));
    let chosen = ["--identity", "both.p12", "--select", "two", "--json"];
    let report = desk.call(&partner.url("/"), &chosen).json();
    assert_eq!(
        thumbprints(&report["sentCertificates"])[0],
        sha256(&desk.family.second)
    );
}

#[test]
fn show_answers_the_loaders_question() {
    let desk = Desk::new();
    let rsa = client(&desk.family.second, "rsa", rsa());
    // The key of one and the certificate of another.
    let torn = Issued {
        certificate: rsa.certificate.clone(),
        key: p256(),
    };
    let torn = [
        pfx::Bag::Key(&torn.key, None),
        pfx::Bag::Certificate(&torn.certificate, None),
    ];
    desk.write("torn.p12", &pfx::plain(&torn));
    let mut pem = desk.family.client.key.private_key_to_pem_pkcs8().unwrap();
    for issued in [
        &desk.family.root,
        &desk.family.first,
        &desk.family.client,
        &desk.family.second,
    ] {
        pem.extend(issued.certificate.to_pem().unwrap());
    }
    desk.write("ours.pem", &pem);
    let chain = [&desk.family.client, &desk.family.second, &desk.family.first].map(sha256);
    let show = ["certificate", "show", "--as-identity"];
    for (file, password, setting) in [
        ("ours.p12", Some(PASSWORD), "OUTBOUND_CLIENT_CERT_PATH"),
        ("ours.pem", None, "OUTBOUND_CLIENT_CERT_PEM"),
    ] {
        let password = password.map(|text| ["--password", text]);
        let more: Vec<&str> = password.into_iter().flatten().collect();
        let output = desk.mtls(&[&show, [file, "--json"].as_slice(), &more].concat());
        let verdict = output.json();
        assert_eq!(output.code, 0, "{verdict:#}");
        assert_eq!(verdict["usable"], true);
        assert_eq!(verdict["setting"], setting);
        let sent = verdict["chain"].as_array().unwrap();
        let sent: Vec<_> = sent
            .iter()
            .map(|c| c["thumbprints"]["sha256"].as_str().unwrap())
            .collect();
        assert_eq!(sent, chain, "{file}");
        let text = desk
            .mtls(&[&show, [file].as_slice(), &more].concat())
            .stdout;
        assert!(
            text.contains("usable as our identity, by OUTBOUND"),
            "{text}"
        );
        assert!(text.contains("sent as certificate 3 of 3"), "{text}");
    }
    for (arguments, says) in [
        (
            ["torn.p12"].as_slice(),
            "no certificate in it belongs to its private key",
        ),
        (&["ca.pem"], "no private key"),
        (&["ours.p12"], "password"),
        (&["ours.p12", "--password", "wrong"], "password"),
        (&["ours.pem", "--select", "nobody"], "\"nobody\""),
    ] {
        let output = desk.mtls(&[&show, arguments].concat());
        assert_eq!(output.code, 1, "{arguments:?} {}", output.stderr);
        assert!(
            output.stdout.contains(says),
            "{arguments:?} {}",
            output.stdout
        );
        let output = desk.mtls(&[&show, ["--json"].as_slice(), arguments].concat());
        assert_eq!(output.code, 1);
        assert_eq!(output.json()["usable"], false);
        assert!(
            output.json()["refusal"].as_str().unwrap().contains(says),
            "{}",
            output.stdout
        );
    }
    let missing = desk.mtls(&[&show, ["missing.p12"].as_slice()].concat());
    assert_eq!(missing.code, 64);
    assert!(missing.stderr.contains("missing.p12"), "{}", missing.stderr);
}
