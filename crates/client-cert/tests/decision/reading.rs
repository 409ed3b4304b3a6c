//! Reading: what RFC 5280 allows is read, what is used is judged, and a refusal has its true reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use client_cert::{Decision, Denial, Thumbprint};
use test_support::{Issued, KeyKind, NOW, Shape};

use super::der::{element, replaced, resigned};
use super::table::*;

/// The outcome for bytes, and the whole reason for a refusal.
fn outcome_of(lists: Lists, der: &[u8]) -> (String, String) {
    let decision = decide_value(&lists.decider(), &STANDARD.encode(der), NOW);
    let reason = match &decision {
        Decision::Allow(_) => String::new(),
        Decision::Deny(refusal) => refusal.denial().to_string(),
    };
    (text(&decision), reason)
}

fn pinned_bytes(der: &[u8]) -> (String, String) {
    outcome_of(pinned_by(&Thumbprint::sha256_of(der).to_string()), der)
}

#[test]
#[rustfmt::skip]
fn an_extension_that_no_decision_uses_may_hold_anything() {
    let authority = Shape::authority("Authority").self_signed();
    let with = |oid, critical, bytes: &[u8]| {
        let shape = Shape { key_usage: None, extensions: vec![(oid, critical, bytes.to_vec())], ..Shape::caller("partner") };
        authority.issue(shape)
    };
    let by_pin = |oid, critical, bytes: &[u8]| outcome_pinned(&with(oid, critical, bytes), NOW);
    let by_name = |oid, critical, bytes: &[u8]| {
        outcome(named("partner", &[&authority], &[]), &with(oid, critical, bytes), NOW)
    };
    let raw = b"\xff\x00 not DER";
    assert_rows([
        ("private, any bytes", by_pin("1.2.3.4.5", false, raw), "allow: pin sha256"),
        ("private, any bytes, by name", by_name("1.2.3.4.5", false, raw), "allow: name partner"),
        ("private, no bytes", by_pin("1.2.3.4.5", false, b""), "allow: pin sha256"),
        ("private, critical", by_pin("1.2.3.4.5", true, raw), "deny: critical-extension"),
        ("private, critical, by name", by_name("1.2.3.4.5", true, raw), "deny: critical-extension"),
        ("authority key identifier, unreadable", by_pin("2.5.29.35", false, raw), "allow: pin sha256"),
        ("certificate policies, unreadable", by_pin("2.5.29.32", false, raw), "allow: pin sha256"),
        ("certificate policies, critical", by_pin("2.5.29.32", true, raw), "deny: critical-extension"),
        ("key usage, unreadable", by_pin("2.5.29.15", false, raw), "deny: certificate-malformed"),
        ("key usage with bytes after its value", by_pin("2.5.29.15", true, &[3, 2, 7, 128, 0]), "deny: certificate-malformed"),
        ("key usage of another type", by_pin("2.5.29.15", true, &[4, 1, 128]), "deny: certificate-malformed"),
        ("alternative names, unreadable", by_pin("2.5.29.17", false, raw), "deny: certificate-malformed"),
        ("name constraints, unreadable", by_pin("2.5.29.30", false, raw), "deny: certificate-malformed"),
    ]);
}

#[test]
fn an_extension_that_occurs_twice_is_refused_by_its_name() {
    for oid in ["1.2.3.4.5", "2.5.29.15", "2.5.29.35"] {
        let twice = Shape {
            key_usage: None,
            extensions: vec![(oid, false, vec![3, 2, 7, 128]); 2],
            ..Shape::caller("caller")
        };
        let (outcome, reason) = pinned_bytes(&twice.self_signed().der());
        assert_eq!(outcome, "deny: certificate-malformed", "{oid}");
        let expected = format!("expected each extension once, found {oid} several times");
        assert_eq!(reason, expected);
    }
}

/// A certificate of `partner` in which no path validator reads everything.
struct Odd {
    authority: Issued,
    der: Vec<u8>,
}

impl Odd {
    fn new(change: impl FnOnce(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> Self {
        let authority = Shape::authority("Authority").self_signed();
        let caller = authority.issue(Shape::caller("partner"));
        let der = resigned(&authority, &caller.der(), change);
        Self { authority, der }
    }

    fn by_pin(&self) -> (String, String) {
        pinned_bytes(&self.der)
    }

    fn by_name(&self) -> (String, String) {
        let lists = named("partner", &[&self.authority], &[]);
        outcome_of(lists, &self.der)
    }
}

fn admitted(rule: &str) -> (String, String) {
    (format!("allow: {rule}"), String::new())
}

#[test]
fn a_certificate_that_is_signed_again_unchanged_is_admitted() {
    let same = Odd::new(|fields| fields);
    assert_eq!(same.by_pin(), admitted("pin sha256"));
    assert_eq!(same.by_name(), admitted("name partner"));
}

#[test]
fn a_common_name_may_be_a_teletex_string() {
    let teletex = Odd::new(|mut fields| {
        fields[5] = replaced(&fields[5], b"\x0c\x07partner", b"\x14\x07partner");
        fields
    });
    assert_eq!(teletex.by_pin(), admitted("pin sha256"));
    assert_eq!(teletex.by_name(), admitted("name partner"));
}

#[test]
fn dates_before_1970_and_unique_identifiers_are_read() {
    let old = Odd::new(|mut fields| {
        let dates = [element(23, b"500101000000Z"), element(23, b"491231235959Z")];
        fields[4] = element(0x30, &dates.concat());
        fields
    });
    assert_eq!(old.by_pin(), admitted("pin sha256"));
    assert_eq!(old.by_name(), admitted("name partner"));
    // issuerUniqueID and subjectUniqueID come between the key and the extensions.
    for tag in [0x81, 0x82] {
        let unique = Odd::new(|mut fields| {
            fields.insert(7, element(tag, &[0, 1]));
            fields
        });
        assert_eq!(unique.by_pin(), admitted("pin sha256"));
        assert_eq!(unique.by_name(), admitted("name partner"));
    }
}

#[test]
fn a_name_that_another_reader_could_read_on_is_refused() {
    let caller = Shape::caller("caller").self_signed();
    // The set around the common name becomes a sequence, at which the parser stops.
    let sequence = replaced(&caller.der(), &[0x31, 15, 0x30, 13], &[0x30, 15, 0x30, 13]);
    assert_eq!(pinned_bytes(&sequence).0, "deny: certificate-malformed");
}

#[test]
fn a_key_with_which_anybody_could_sign_is_refused_for_its_fault() {
    let caller = Shape {
        key: KeyKind::Rsa2048,
        ..Shape::caller("caller")
    }
    .self_signed();
    let modulus = caller.key.rsa().unwrap().n().to_vec();
    let padded = [&[0], modulus.as_slice()].concat();
    let last = modulus.len();
    let changed = |place: usize, byte: u8| {
        let mut other = padded.clone();
        other[place] = byte;
        pinned_bytes(&replaced(&caller.der(), &padded, &other))
    };
    let exponent = |to: [u8; 5]| pinned_bytes(&replaced(&caller.der(), &[2, 3, 1, 0, 1], &to));
    let refused = |fault: &str| {
        let reason =
            format!("expected an RSA, P-256, P-384, P-521, Ed25519 or Ed448 key, found {fault}");
        ("deny: key-unsupported".to_owned(), reason)
    };
    assert_eq!(changed(0, 0), admitted("pin sha256"));
    assert_eq!(
        changed(0, 0x80),
        refused("an RSA key with a negative modulus")
    );
    assert_eq!(
        changed(last, padded[last] & 0xfe),
        refused("an RSA key with an even modulus")
    );
    assert_eq!(
        exponent([2, 3, 0x81, 0, 1]),
        refused("an RSA key with a negative exponent")
    );
    assert_eq!(
        exponent([2, 3, 1, 0, 2]),
        refused("an RSA key with an even exponent")
    );
    assert_eq!(
        with_exponent_of_one(&padded).by_pin(),
        refused("an RSA key with an exponent of 1")
    );
    assert_eq!(
        exponent([4, 3, 1, 0, 1]),
        refused("an RSA key that is not a modulus and an exponent")
    );
    let explicit = Shape {
        key: KeyKind::P256Explicit,
        ..Shape::caller("caller")
    }
    .self_signed();
    assert_eq!(
        pinned_bytes(&explicit.der()),
        refused("an elliptic curve given by explicit parameters instead of its name")
    );
}

/// A certificate of an RSA key with this modulus and an exponent that no builder makes.
fn with_exponent_of_one(modulus: &[u8]) -> Odd {
    /// rsaEncryption, without parameters.
    const ALGORITHM: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let key = element(0x30, &[element(2, modulus), element(2, &[1])].concat());
    let bits = element(3, &[&[0], key.as_slice()].concat());
    Odd::new(|mut fields| {
        fields[6] = element(0x30, &[ALGORITHM, &bits].concat());
        fields
    })
}

#[test]
fn a_denial_names_the_extension_that_is_not_recognized() {
    let caller = Shape {
        extensions: vec![("1.2.3.4.5", true, vec![5, 0])],
        ..Shape::caller("caller")
    }
    .self_signed();
    let decision = decide_value(&pinned(&caller).decider(), &caller.header(), NOW);
    let Decision::Deny(refusal) = decision else {
        panic!("admitted");
    };
    let found = "1.2.3.4.5".to_owned();
    assert_eq!(*refusal.denial(), Denial::CriticalExtension { found });
}
