//! Calls that are answered.

use std::sync::Arc;

use serde_json::{Value, json};
use test_support::partner::{Manner, Partner};
use test_support::pfx::PASSWORD;

use crate::desk::{Desk, VERSIONS, sha256, thumbprints};

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
fn every_cipher_suite_of_tls_1_3_can_be_read() {
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
fn the_request_goes_out_as_given_and_the_answer_is_shown_as_it_came() {
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
        "from one of these",
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
fn a_body_that_breaks_off_is_not_success() {
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
