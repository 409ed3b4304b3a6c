//! Each form in which an authority's certificate is handed over, as a trust anchor.

use std::fs;

use openssl::pkcs7::{Pkcs7, Pkcs7Flags};
use openssl::stack::Stack;

use crate::common::{self, Issued, Shape, mtls_with_input};

/// Such a file is read, or refused with its form and what to do.
enum Expected {
    Admitted,
    Refused(&'static [&'static str]),
}

#[test]
fn each_form_of_a_trust_anchor_is_read_or_refused_by_its_name() {
    let authority = Shape::authority("Authority").valid_today().self_signed();
    let partner = authority.issue(Shape::caller("partner").valid_today());
    let pem = authority.pem();
    let bag = p7b(&authority);
    let table: [(&str, Vec<u8>, Expected); 5] = [
        ("anchor.pem", pem.clone().into_bytes(), Expected::Admitted),
        (
            "bom.pem",
            format!("\u{FEFF}{pem}").into_bytes(),
            Expected::Admitted,
        ),
        (
            "anchor.p7b",
            bag.to_pem().unwrap(),
            Expected::Refused(&["found PKCS#7;", "openssl pkcs7 -print_certs"]),
        ),
        (
            "der.p7b",
            bag.to_der().unwrap(),
            Expected::Refused(&["found PKCS#7 in DER;", "openssl pkcs7 -inform der"]),
        ),
        ("anchor.der", authority.der(), Expected::Admitted),
    ];
    let root = common::fixture().app_root();
    let settings = "CLIENT_CERT_FRONT_END=development\nALLOWED_CLIENT_CERT_COMMON_NAMES=partner\n";
    for (name, bytes, expected) in table {
        fs::write(root.path().join(name), bytes).unwrap();
        let settings = format!("{settings}CLIENT_CERT_TRUST_ANCHORS={name}");
        fs::write(root.path().join("app.settings"), settings).unwrap();
        let arguments = [
            "explain",
            "--settings",
            "app.settings",
            "--certificate",
            "-",
        ];
        let answer = mtls_with_input(root.path(), &[], &arguments, partner.header().as_bytes());
        match expected {
            Expected::Admitted => {
                assert_eq!(answer.code, 0, "{name}: {}", answer.stderr);
                assert!(
                    answer.stdout.contains("ADMITTED"),
                    "{name}: {}",
                    answer.stdout
                );
            }
            Expected::Refused(parts) => {
                assert_eq!(answer.code, 64, "{name}: {}", answer.stdout);
                for part in [&["CLIENT_CERT_TRUST_ANCHORS", name], parts].concat() {
                    assert!(
                        answer.stderr.contains(part),
                        "{name}: {part} in {}",
                        answer.stderr
                    );
                }
            }
        }
    }
}

/// PKCS#7 signedData with the authority's certificate in it, as Windows exports it.
fn p7b(authority: &Issued) -> Pkcs7 {
    let none = Stack::new().unwrap();
    Pkcs7::sign(
        &authority.certificate,
        &authority.key,
        &none,
        b"",
        Pkcs7Flags::BINARY,
    )
    .unwrap()
}
