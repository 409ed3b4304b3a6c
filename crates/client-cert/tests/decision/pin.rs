//! Pins: one certificate each, and never an authority.

use client_cert::{Condition, Rule, Window};
use test_support::{DAY, KeyKind, NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn a_pin_admits_one_certificate_that_is_fit_for_use() {
    let caller = Shape::caller("caller").self_signed();
    let other = Shape::caller("caller").self_signed();
    let shaped = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("caller");
        change(&mut shape);
        let caller = shape.self_signed();
        outcome_pinned(&caller, NOW)
    };
    let at_end = |seconds| outcome_pinned(&caller, NOW + 365 * DAY + seconds);
    let at_begin = |seconds| outcome_pinned(&caller, NOW - DAY + seconds);
    let authority = Shape::openssl_req("caller").self_signed();
    let old = Shape {
        version: 1,
        key: KeyKind::Rsa2048,
        ..Shape::caller("caller")
    }
    .self_signed();
    assert_rows([
        ("by SHA-256", outcome_pinned(&caller, NOW), "allow: pin sha256"),
        ("by SHA-1", outcome(pinned_by(&caller.sha1()), &caller, NOW), "allow: pin sha1"),
        ("another with the same name", outcome(pinned(&caller), &other, NOW), "deny: not-listed"),
        ("nobody is listed", outcome(nobody(), &caller, NOW), "deny: policy-empty"),
        ("in its first second", at_begin(0), "allow: pin sha256"),
        ("a second too early", at_begin(-1), "deny: certificate-not-yet-valid"),
        ("in its last second", at_end(0), "allow: pin sha256"),
        ("a second too late", at_end(1), "deny: certificate-expired"),
        ("without key usage", shaped(|s| s.key_usage = None), "allow: pin sha256"),
        ("without digitalSignature", shaped(|s| s.key_usage = Some(vec!["keyEncipherment"])), "deny: key-usage"),
        ("without extended key usage", shaped(|s| s.extended_key_usage = None), "allow: pin sha256"),
        ("for servers alone", shaped(|s| s.extended_key_usage = Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("for any purpose", shaped(|s| s.extended_key_usage = Some(vec!["anyExtendedKeyUsage"])), "deny: extended-key-usage"),
        ("for servers and clients", shaped(|s| s.extended_key_usage = Some(vec!["serverAuth", "clientAuth"])), "allow: pin sha256"),
        ("RSA-2048", shaped(|s| s.key = KeyKind::Rsa2048), "allow: pin sha256"),
        ("RSA-1024", shaped(|s| s.key = KeyKind::Rsa1024), "deny: key-too-short"),
        ("P-384", shaped(|s| s.key = KeyKind::P384), "allow: pin sha256"),
        ("P-521", shaped(|s| s.key = KeyKind::P521), "allow: pin sha256"),
        ("Ed25519", shaped(|s| s.key = KeyKind::Ed25519), "allow: pin sha256"),
        ("Ed448", shaped(|s| s.key = KeyKind::Ed448), "allow: pin sha256"),
        ("secp256k1", shaped(|s| s.key = KeyKind::Secp256k1), "deny: key-unsupported"),
        ("an unknown critical extension", shaped(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])]), "deny: critical-extension"),
        ("bytes behind the value of an extension", shaped(|s| { s.key_usage = None; s.extensions = vec![("2.5.29.15", true, vec![3, 2, 7, 128, 0])]; }), "deny: certificate-malformed"),
        ("an unknown extension", shaped(|s| s.extensions = vec![("1.2.3.4.5", false, vec![5, 0])]), "allow: pin sha256"),
        ("CA:TRUE, as openssl req -x509 makes it", outcome_pinned(&authority, NOW), "allow: pin sha256"),
        ("X.509 version 1", outcome_pinned(&old, NOW), "allow: pin sha256"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_pinned_certificate_is_no_authority() {
    let pinned_caller = Shape::openssl_req("caller").self_signed();
    let evil = pinned_caller.issue(Shape::caller("evil"));
    let twin = pinned_caller.issue(Shape::caller("caller"));
    assert_rows([
        ("signed by a pinned certificate", outcome(pinned(&pinned_caller), &evil, NOW), "deny: not-listed"),
        ("the same name, signed by it", outcome(pinned(&pinned_caller), &twin, NOW), "deny: not-listed"),
    ]);
}

/// A rule that rests on SHA-1 alone is reported to whoever configures it.
#[test]
fn a_pin_is_weak_if_nothing_is_stronger_than_its_sha1() {
    let caller = Shape::caller("caller").self_signed();
    let pin = |text: String| Condition::Thumbprint(text.parse().unwrap());
    let (sha1, sha256) = (pin(caller.sha1()), pin(caller.sha256()));
    let weak = Some(caller.sha1().parse().unwrap());
    for (conditions, expected) in [
        (vec![sha1.clone()], weak),
        (vec![sha256.clone()], None),
        (vec![sha1, sha256], None),
    ] {
        let rule = Rule::new(conditions, None, Window::ALWAYS).unwrap();
        assert_eq!(rule.weak_pin(), expected, "{rule}");
    }
}
