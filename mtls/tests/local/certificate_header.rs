//! A client-sent certificate header never survives; the handshake's certificate always arrives.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::bn::BigNumRef;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::ssl::SslVersion;
use openssl::x509::X509;

use crate::odd_certificates;
use crate::project::Project;

const SPELLINGS: [&str; 6] = [
    "X-ARR-ClientCert",
    "x-arr-clientcert",
    "X_ARR_ClientCert",
    "X-ARR_CLIENTCERT",
    "x_arr-clientcert",
    "X-Arr-Clientcert",
];

fn line(certificate: &X509) -> String {
    format!(
        "x-arr-clientcert: {}",
        STANDARD.encode(certificate.to_der().unwrap())
    )
}

fn allowed(project: &Project) -> String {
    format!("x-arr-clientcert: {}", project.certificate("allowed"))
}

#[test]
fn no_spelling_of_a_forged_header_survives_in_any_dialect() {
    let project = Project::new();
    for host in ["forwarding", "proxying"] {
        let running = project.start(&["--host", host]);
        let caller = running.caller();
        for spelling in SPELLINGS {
            let headers = [(spelling, "forged"), (spelling, "again")];
            let without = caller.send("GET", "/api/echo/x", &headers, "");
            assert_eq!(without.certificates(), Vec::<String>::new(), "{spelling}");
            let with = caller
                .named("allowed")
                .send("GET", "/api/echo/x", &headers, "");
            assert_eq!(with.certificates(), [allowed(&project)], "{spelling}");
        }
    }
}

#[test]
fn a_forged_header_in_trailers_or_named_in_connection_does_nothing() {
    let project = Project::new();
    let running = project.start(&["--host", "proxying"]);
    let caller = running.caller().named("allowed");
    let trailers = "POST /api/echo/x HTTP/1.1\r\nHost: a\r\nConnection: close, X-ARR-ClientCert\r\nTrailer: X-ARR-ClientCert\r\n\
        Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-ARR-ClientCert: forged\r\n\r\n";
    let answer = caller.raw(trailers.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.certificates(), [allowed(&project)]);
    assert!(!answer.body.contains("forged"), "{answer:?}");
}

#[test]
fn a_forged_header_passes_where_that_was_asked_for_joined_with_the_real_one() {
    let project = Project::new();
    let running = project.start(&["--pass-forged"]);
    let forged = [("X-ARR-ClientCert", "forged")];
    let without = running.caller().send("GET", "/api/echo/x", &forged, "");
    assert_eq!(without.certificates(), ["x-arr-clientcert: forged"]);
    let with = running
        .caller()
        .named("allowed")
        .send("GET", "/api/echo/x", &forged, "");
    let joined = allowed(&project).replace(": ", ": forged, ");
    assert_eq!(with.certificates(), [joined]);
}

#[test]
fn odd_certificates_arrive_so_that_the_handler_refuses_them() {
    let project = Project::new();
    let running = project.start(&[]);
    let caller = running.caller();
    for (name, certificate, key) in odd_certificates::all() {
        let expected = line(&certificate);
        let holder = caller.holding(certificate, key);
        for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
            let answer = holder.speaking(version).get("/api/echo/x");
            assert_eq!(
                answer.certificates(),
                std::slice::from_ref(&expected),
                "{name} {}",
                answer.tls
            );
        }
    }
}

/// The public half of the certificate's key with the private half of another: signatures that do not verify.
fn wrong_key(certificate: &X509) -> PKey<Private> {
    let own = certificate.public_key().unwrap().rsa().unwrap();
    let other = Rsa::generate(2048).unwrap();
    let copy = |number: Option<&BigNumRef>| number.unwrap().to_owned().unwrap();
    let mixed = Rsa::from_private_components(
        own.n().to_owned().unwrap(),
        own.e().to_owned().unwrap(),
        other.d().to_owned().unwrap(),
        copy(other.p()),
        copy(other.q()),
        copy(other.dmp1()),
        copy(other.dmq1()),
        copy(other.iqmp()),
    );
    PKey::from_rsa(mixed.unwrap()).unwrap()
}

#[test]
fn a_certificate_without_its_key_gets_nobody_through_the_handshake() {
    let project = Project::new();
    let mut running = project.start(&[]);
    let pem = std::fs::read(project.folder.path().join("certs/allowed.pem")).unwrap();
    let certificate = X509::from_pem(&pem).unwrap();
    let key = wrong_key(&certificate);
    let thief = running.caller().holding(certificate, key);
    for version in [SslVersion::TLS1_2, SslVersion::TLS1_3] {
        // In TLS 1.3 the client believes itself through before the server has looked.
        if let Ok(mut stream) = thief.speaking(version).connect() {
            let _ = stream.write_all(b"GET /api/echo/thief HTTP/1.1\r\nHost: a\r\n\r\n");
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            assert_eq!(answer, b"");
        }
        let note = running.event(|event| event["event"] == "note");
        assert!(note["text"].as_str().unwrap().contains("failed"), "{note}");
    }
    assert_eq!(
        running.caller().named("allowed").get("/api/echo/x").status,
        200
    );
}

#[test]
fn the_request_line_and_the_shown_hops_never_hold_the_header() {
    let project = Project::new();
    let mut running = project.start(&["--show-requests"]);
    let forged = [
        ("X-ARR-ClientCert", "TopSecret"),
        ("Authorization", "TopSecret"),
    ];
    running
        .caller()
        .named("allowed")
        .send("GET", "/api/echo/x?code=TopSecret", &forged, "");
    let request = running.request("/api/echo/x");
    assert_eq!(request["outcome"], "allow");
    assert_eq!(request["reason"], "test-reason");
    assert_eq!(request["function"], "Echo");
    assert_eq!(request["hops"].as_array().unwrap().len(), 3);
    let text = request.to_string();
    let thumbprint = request["thumbprint"].as_str().unwrap();
    assert!(
        text.contains(&format!("x-arr-clientcert: ({thumbprint})")),
        "{text}"
    );
    let header = allowed(&project);
    let value = header.split(": ").nth(1).unwrap();
    assert!(
        !text.contains(value) && !text.contains("TopSecret"),
        "{text}"
    );
}
