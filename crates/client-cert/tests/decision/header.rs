//! The header: exactly one certificate, exactly encoded.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::HeaderLine;
use test_support::{NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn one_certificate_in_one_header_line_is_needed() {
    let caller = Shape::caller("caller").self_signed();
    let value = caller.header();
    let joined = format!("{value}, {value}");
    let pem = caller.pem().replace('\n', "");
    let base64url = value.replace('+', "-").replace('/', "_");
    let percent = value.replace('+', "%2B").replace('/', "%2F");
    let spaced = format!("{} {}", &value[..64], &value[64..]);
    let truncated = &value[..value.len() / 8 * 4];
    let trailing = {
        STANDARD.encode([caller.der(), vec![0; 4]].concat())
    };
    let long = Shape {
        extensions: vec![("1.2.3.4.5", false, vec![0; 11_000])],
        ..Shape::caller("caller")
    }
    .self_signed();
    let oversized = "A".repeat(client_cert::MAX_HEADER_VALUE_BYTES + 4);
    let decider = pinned(&caller).decider();
    let ask = |line: HeaderLine<'_>| text(&decide_line(&decider, line, NOW));
    let once = |value: &str| text(&decide_value(&decider, value, NOW));
    assert_rows([
        ("the pinned certificate", once(&value), "allow: pin sha256"),
        ("no header", ask(HeaderLine::Absent), "deny: certificate-absent"),
        ("an empty header", once(""), "deny: header-empty"),
        ("blanks alone", once("   "), "deny: header-empty"),
        ("two lines, both admitted", ask(HeaderLine::Repeated(2)), "deny: header-repeated"),
        ("two lines that the host joined", once(&joined), "deny: header-joined"),
        ("a value and a comma", once(&format!("{value},")), "deny: header-joined"),
        ("a long certificate", outcome_pinned(&long, NOW), "allow: pin sha256"),
        ("more than 16 KiB", once(&oversized), "deny: header-too-long"),
        ("PEM on one line", once(&pem), "deny: header-encoding"),
        ("percent-encoded", once(&percent), "deny: header-encoding"),
        ("white space inside", once(&spaced), "deny: header-encoding"),
        ("white space behind", once(&format!("{value} ")), "deny: header-encoding"),
        ("without its padding", once(&value[..value.len() - 1]), "deny: header-encoding"),
        ("bytes outside ASCII", ask(HeaderLine::Once(b"MII\xff\xfe")), "deny: header-encoding"),
        ("half a certificate", once(truncated), "deny: certificate-malformed"),
        ("bytes behind the certificate", once(&trailing), "deny: certificate-malformed"),
        ("base64 of something else", once("aGVsbG8="), "deny: certificate-malformed"),
    ]);
    // Most certificates have one of the two characters that base64url replaces.
    if base64url != value {
        assert_eq!(once(&base64url), "deny: header-encoding");
    }
}

#[test]
fn a_bit_flipped_anywhere_refuses() {
    let authority = Shape::authority("Authority").self_signed();
    let caller = authority.issue(Shape::caller("caller"));
    let both = pinned(&caller).and(named("caller", &[&authority], &[]));
    let decider = both.decider();
    assert_eq!(
        text(&decide_value(&decider, &caller.header(), NOW)),
        "allow: pin sha256"
    );
    let der = caller.der();
    for byte in 0..der.len() {
        let mut flipped = der.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let value = STANDARD.encode(flipped);
        let seen = text(&decide_value(&decider, &value, NOW));
        assert!(seen.starts_with("deny: "), "byte {byte}: {seen}");
    }
}
