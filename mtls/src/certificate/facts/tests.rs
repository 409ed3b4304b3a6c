use std::time::Duration;

use openssl::asn1::Asn1Type;
use openssl::nid::Nid;
use openssl::x509::{X509Builder, X509Name};

use super::*;
use crate::certificate::issue::{Purpose, Template, self_signed};
use crate::certificate::key::KeyKind;
use crate::certificate::names::{AlternativeName, CommonName};
use crate::certificate::validity::Validity;

const START: u64 = 1_767_225_600;

fn at(seconds: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}

fn template(purpose: Purpose) -> Template {
    Template {
        subject: CommonName::constant("Caller").into(),
        extensions: Vec::new(),
        alternative_names: Vec::new(),
        validity: Validity::starting(at(START), 30),
        purpose,
    }
}

/// The facts of a readable certificate.
fn inspect(der: &[u8], now: UnixTime) -> Facts {
    match Entry::of(der, now) {
        Entry::Readable(facts) => *facts,
        Entry::Malformed(entry) => panic!("{}", entry.malformed),
    }
}

fn facts(template: &Template, kind: KeyKind) -> Facts {
    let certificate = self_signed(template, &kind.generate().unwrap()).unwrap();
    inspect(&certificate.to_der().unwrap(), at(START))
}

#[test]
fn a_caller_has_the_shape_of_new_self_signed_certificate() {
    let facts = facts(&template(Purpose::Caller), KeyKind::Rsa2048);
    assert_eq!(facts.version, 3);
    assert_eq!(facts.subject, "CN=Caller");
    assert!(facts.self_issued);
    assert_eq!(facts.serial.len(), 32);
    assert_eq!(
        (facts.key.algorithm.as_str(), facts.key.bits),
        ("RSA", Some(2048))
    );
    assert_eq!(facts.signature_algorithm, "sha256WithRSAEncryption");
    assert_eq!(
        facts.key_usage.unwrap(),
        ["digitalSignature", "keyEncipherment"]
    );
    assert_eq!(
        facts.extended_key_usage.unwrap(),
        ["serverAuth", "clientAuth"]
    );
    assert!(facts.basic_constraints.is_none());
    assert_eq!(facts.not_before, "2025-12-31T23:50:00Z");
    assert_eq!(facts.not_after, "2026-01-31T00:00:00Z");
    assert_eq!(facts.days_left, 30);
    let others: Vec<_> = facts
        .other_extensions
        .iter()
        .map(|other| other.name.as_str())
        .collect();
    assert_eq!(others, ["subjectKeyIdentifier"]);
}

#[test]
fn keys_are_named_with_their_size_and_curve() {
    for (kind, algorithm, bits, curve) in [
        (KeyKind::Rsa3072, "RSA", 3072, None),
        (KeyKind::P256, "EC", 256, Some("P-256")),
        (KeyKind::P384, "EC", 384, Some("P-384")),
        (KeyKind::Ed25519, "Ed25519", 256, None),
    ] {
        let facts = facts(&template(Purpose::Caller), kind);
        assert_eq!(facts.key.algorithm, algorithm, "{kind:?}");
        assert_eq!(facts.key.bits, Some(bits), "{kind:?}");
        assert_eq!(facts.key.curve, curve, "{kind:?}");
        // Only RSA keys encipher.
        let enciphers = facts.key_usage.unwrap().contains(&"keyEncipherment");
        assert_eq!(enciphers, algorithm == "RSA", "{kind:?}");
    }
}

#[test]
fn authorities_say_so_and_the_localhost_one_is_critically_constrained() {
    let authority = facts(&template(Purpose::Authority), KeyKind::P256);
    let basic = authority.basic_constraints.unwrap();
    assert_eq!((basic.ca, basic.path_length), (true, None));
    assert_eq!(authority.key_usage.unwrap(), ["keyCertSign", "cRLSign"]);
    let localhost = facts(&template(Purpose::LocalhostAuthority), KeyKind::P256);
    let basic = localhost.basic_constraints.unwrap();
    assert_eq!((basic.ca, basic.path_length), (true, Some(0)));
    let constraints = &localhost.other_extensions[0];
    assert_eq!(
        (constraints.name.as_str(), constraints.critical),
        ("nameConstraints", true)
    );
    let server = facts(&template(Purpose::Server), KeyKind::P256);
    assert!(!server.basic_constraints.unwrap().ca);
    assert_eq!(server.extended_key_usage.unwrap(), ["serverAuth"]);
}

#[test]
fn alternative_names_are_sorted_by_type() {
    let texts = [
        "a.example",
        "10.0.0.1",
        "::1",
        "spiffe://a/b",
        "u@a.example",
    ];
    let names = texts
        .iter()
        .map(|text| text.parse::<AlternativeName>().unwrap());
    let facts = facts(
        &Template {
            alternative_names: names.collect(),
            ..template(Purpose::Caller)
        },
        KeyKind::P256,
    );
    let names = facts.alternative_names;
    assert_eq!(names.dns, ["a.example"]);
    assert_eq!(names.ip, ["10.0.0.1", "::1"]);
    assert_eq!(names.uri, ["spiffe://a/b"]);
    assert_eq!(names.email, ["u@a.example"]);
}

#[test]
fn the_state_follows_the_instant() {
    let key = KeyKind::P256.generate().unwrap();
    let der = self_signed(&template(Purpose::Caller), &key)
        .unwrap()
        .to_der()
        .unwrap();
    let end = START + 30 * 86_400;
    for (now, state, days_left) in [
        (START - 601, State::NotYetValid, 30),
        (START - 600, State::Valid, 30),
        (end, State::Valid, 0),
        (end + 1, State::Expired, -1),
    ] {
        let facts = inspect(&der, at(now));
        assert_eq!(
            (facts.validity, facts.days_left),
            (state, days_left),
            "{now}"
        );
    }
}

#[test]
fn what_a_stranger_wrote_into_a_name_cannot_reach_the_terminal() {
    let mut name = X509Name::builder().unwrap();
    for (text, kind) in [
        ("a\x1b[2J", Asn1Type::UTF8STRING),
        ("b, CN=Allowed", Asn1Type::UTF8STRING),
        ("\u{202e}c", Asn1Type::UTF8STRING),
    ] {
        name.append_entry_by_nid_with_type(Nid::COMMONNAME, text, kind)
            .unwrap();
    }
    let facts = inspect(&bare(&name.build()), at(START));
    // The first is not a name at all: it has a control character in it.
    assert_eq!(facts.common_names, ["b, CN=Allowed", "\\u{202e}c"]);
    let expected = "CN=\\e2\\80\\aec,CN=b\\, CN\\=Allowed,CN=a\\1b[2J";
    assert_eq!(
        facts.subject.replace("\\=", "="),
        expected.replace("\\=", "=")
    );
    assert_eq!(facts.version, 1);
    assert!(facts.key_usage.is_none());
}

/// A version 1 certificate for `name`, without extensions.
fn bare(name: &X509Name) -> Vec<u8> {
    let key = KeyKind::P256.generate().unwrap();
    let mut builder = X509Builder::new().unwrap();
    builder.set_subject_name(name).unwrap();
    builder.set_issuer_name(name).unwrap();
    builder.set_pubkey(&key).unwrap();
    let instant = openssl::asn1::Asn1Time::from_unix(i64::try_from(START).unwrap()).unwrap();
    builder.set_not_before(&instant).unwrap();
    builder.set_not_after(&instant).unwrap();
    builder
        .sign(&key, openssl::hash::MessageDigest::sha256())
        .unwrap();
    builder.build().to_der().unwrap()
}

#[test]
fn what_the_handler_cannot_read_is_shown_with_its_reason() {
    let key = KeyKind::P256.generate().unwrap();
    let der = self_signed(&template(Purpose::Caller), &key)
        .unwrap()
        .to_der()
        .unwrap();
    let longer = [&der[..], b"xx"].concat();
    for (bytes, says) in [
        (&[][..], "expected the DER"),
        (&der[1..], "expected the DER"),
        (&longer, "2 bytes"),
    ] {
        let entry = Entry::of(bytes, at(START));
        assert_eq!(
            entry.thumbprints().sha256,
            Thumbprint::sha256_of(bytes).hex()
        );
        match entry {
            Entry::Malformed(entry) => {
                assert!(entry.malformed.contains(says), "{}", entry.malformed)
            }
            Entry::Readable(facts) => panic!("{facts:?}"),
        }
    }
}
