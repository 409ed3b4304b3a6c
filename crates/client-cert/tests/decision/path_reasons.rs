//! Why there is no path: the reason names the first thing that is wrong, and the certificate that has it.

use client_cert::{Anchor, Caller, Decision, Intermediate, Rule, TrustDomain};
use std::sync::Arc;
use test_support::{DAY, Issued, KeyKind, NOW, Shape};

use super::der::replaced;
use super::table::*;

/// What is decided about a certificate of `partner`, in words.
fn why(anchors: &[&Issued], intermediates: &[&Issued], caller: &[u8]) -> String {
    use base64::Engine as _;
    let value = base64::engine::general_purpose::STANDARD.encode(caller);
    let decider = named("partner", anchors, intermediates).decider();
    match decide_value(&decider, &value, NOW) {
        Decision::Allow(_) => "admitted".to_owned(),
        Decision::Deny(refusal) => {
            let text = refusal.denial().to_string();
            let found = text.strip_prefix("expected a verified path to a trust anchor, found ");
            found.unwrap_or(&text).to_owned()
        }
    }
}

fn authority(name: &str) -> Shape {
    Shape::authority(name)
}

fn caller() -> Shape {
    Shape::caller("partner")
}

#[test]
#[rustfmt::skip]
fn a_fault_of_an_authority_is_reported_with_its_name() {
    let root = authority("Root").self_signed();
    let other = authority("Other").self_signed();
    let impostor = authority("Root").self_signed();
    let first = root.issue(authority("First"));
    let second = first.issue(authority("Second"));
    let expired = root.issue(Shape { not_after: NOW - 1, ..authority("First") });
    let future = root.issue(Shape { not_before: NOW + 1, ..authority("First") });
    let old_root = Shape { not_after: NOW - 1, ..authority("Root") }.self_signed();
    let servers = root.issue(Shape { extended_key_usage: Some(vec!["serverAuth"]), ..authority("First") });
    let short = authority("Root").path_length(0).self_signed();
    let under_short = short.issue(authority("First"));
    let forged = impostor.issue(authority("First"));
    let by = |issuer: &Issued| issuer.issue(caller()).der();
    assert_rows([
        ("the issuer is not configured", why(&[&root], &[], &by(&first)), "an issuer that is neither a trust anchor nor a configured intermediate"),
        ("its issuer is not configured", why(&[&other], &[&first], &by(&first)), "the intermediate CN=First, whose issuer CN=Root is not configured"),
        ("two steps up it is not", why(&[&other], &[&first, &second], &by(&second)), "the intermediate CN=First, whose issuer CN=Root is not configured"),
        ("an impostor of the anchor", why(&[&root], &[], &by(&impostor)), "a signature that does not verify"),
        ("an intermediate of the impostor", why(&[&root], &[&forged], &by(&forged)), "the intermediate CN=First, whose signature (ecdsa-with-SHA256) no configured key of its issuer verifies"),
        ("expired", why(&[&root], &[&expired], &by(&expired)), "the authority CN=First, which ended at 2025-12-31T23:59:59Z"),
        ("not valid yet", why(&[&root], &[&future], &by(&future)), "the authority CN=First, which begins at 2026-01-01T00:00:01Z"),
        ("an expired anchor", why(&[&old_root], &[], &by(&old_root)), "no trust anchor that is valid now"),
        ("for servers", why(&[&root], &[&servers], &by(&servers)), "the authority CN=First, whose extKeyUsage (serverAuth) excludes clientAuth"),
        ("too long", why(&[&short], &[&under_short], &by(&under_short)), "a path that is longer than CN=Root allows (pathLenConstraint 0)"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_fault_of_the_signature_is_reported_as_what_it_is() {
    let root = authority("Root").self_signed();
    let der = root.issue(caller()).der();
    // The last octet of ecdsa-with-SHA256 becomes that of ecdsa-with-SHA224.
    let sha256 = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    let sha224 = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x01";
    let inner = replaced(&der, sha256, sha224);
    let both = replaced(&inner, sha256, sha224);
    let mut flipped = der.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let ed448 = Shape { key: KeyKind::Ed448, ..authority("Root") }.self_signed();
    assert_rows([
        ("as it was issued", why(&[&root], &[], &der), "admitted"),
        ("changed", why(&[&root], &[], &flipped), "a signature that does not verify"),
        ("two algorithms", why(&[&root], &[], &inner), "a certificate whose signed part names another signature algorithm than its signature"),
        ("an algorithm that is not supported", why(&[&root], &[], &both), "a signature by ecdsa-with-SHA224, which is not supported"),
        ("version 1", why(&[&root], &[], &root.issue(Shape { version: 1, ..caller() }).der()), "a certificate that is not X.509 version 3"),
        ("an authority of Ed448", Anchor::new(&ed448.der()).unwrap_err().to_string(), "expected an authority with an RSA key of 2048 to 8192 bits, P-256, P-384, P-521 or Ed25519, found Ed448"),
    ]);
}

#[test]
fn every_kind_of_key_issues() {
    let rows = [
        KeyKind::Rsa2048,
        KeyKind::P256,
        KeyKind::P384,
        KeyKind::P521,
        KeyKind::Ed25519,
    ];
    for key in rows {
        let root = Shape {
            key,
            ..authority("Root")
        }
        .self_signed();
        let between = root.issue(Shape {
            key,
            ..authority("First")
        });
        let decided = why(&[&root], &[&between], &between.issue(caller()).der());
        assert_eq!(decided, "admitted", "{key:?}");
        let mut changed = between.issue(caller()).der();
        *changed.last_mut().unwrap() ^= 1;
        let decided = why(&[&root], &[&between], &changed);
        assert_eq!(decided, "a signature that does not verify", "{key:?}");
    }
}

#[test]
#[rustfmt::skip]
fn paths_are_found_in_every_shape_of_hierarchy() {
    let old = authority("Root").self_signed();
    let new = authority("Root").self_signed();
    let other = authority("Other").self_signed();
    // The root's new key, certified by its old one, and the other way round: self-issued.
    let new_with_old = cross(&old, "Root", &new);
    let cross_by_other = cross(&other, "Root", &new);
    let twins = [old.issue(authority("Twin")), old.issue(authority("Twin"))];
    let expired_twin = Shape { not_after: NOW - DAY, ..authority("Twin") };
    let expired_twin = old.issue(expired_twin);
    let round = [authority("A").self_signed(), authority("B").self_signed()];
    let around = [cross(&round[1], "A", &round[0]), cross(&round[0], "B", &round[1])];
    let by_new = new.issue(caller()).der();
    let by_twin = twins[1].issue(caller()).der();
    assert_rows([
        ("a new key that the old one certifies", why(&[&old], &[&new_with_old], &by_new), "admitted"),
        ("a cross-certificate", why(&[&other], &[&cross_by_other], &by_new), "admitted"),
        ("both", why(&[&old], &[&cross_by_other, &new_with_old], &by_new), "admitted"),
        ("neither", why(&[&old], &[], &by_new), "a signature that does not verify"),
        ("the second key of one name", why(&[&old], &[&twins[0], &twins[1]], &by_twin), "admitted"),
        ("beside an expired one", why(&[&old], &[&expired_twin, &twins[1]], &by_twin), "admitted"),
        ("in a circle without an anchor", why(&[&old], &[&around[0], &around[1]], &round[0].issue(caller()).der()), "the intermediate CN=A, whose issuers lead to no trust anchor"),
        ("a self-signed intermediate", why(&[&old], &[&other], &other.issue(caller()).der()), "the intermediate CN=Other, whose issuer CN=Other is not configured"),
    ]);
}

/// A certificate by one authority for the name and key of another.
fn cross(issuer: &Issued, name: &str, subject: &Issued) -> Issued {
    issuer.issue_for(authority(name), subject.key.clone())
}

#[test]
#[rustfmt::skip]
fn a_domain_with_a_name_has_anchors_of_several_subjects() {
    let [first, second] = ["First", "Second"].map(|name| authority(name).self_signed());
    let anchors = [&first, &second].map(|anchor| Anchor::new(&anchor.der()).unwrap());
    let domain = Arc::new(TrustDomain::of_several_subjects(anchors.to_vec(), Vec::new()).unwrap());
    let lists = || Lists { rules: vec![Rule::common_name("partner", &domain)], ..nobody() };
    let stranger = authority("Third").self_signed();
    assert_rows([
        ("by the first", outcome(lists(), &first.issue(caller()), NOW), "allow: name partner"),
        ("by the second", outcome(lists(), &second.issue(caller()), NOW), "allow: name partner"),
        ("by a third", outcome(lists(), &stranger.issue(caller()), NOW), "deny: path-unverified"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_root_without_the_mark_of_an_authority_is_one_on_demand_alone() {
    let bare = |version| Shape { version, basic_constraints: None, key_usage: None, ..authority("Root") };
    let ask = |shape: Shape| {
        let root = shape.self_signed();
        let caller = root.issue(caller());
        let refused = Anchor::new(&root.der()).is_err() && Intermediate::new(&root.der()).is_err();
        match Anchor::legacy(&root.der()) {
            Err(error) => error.to_string(),
            Ok(anchor) => {
                let domain = Arc::new(TrustDomain::new(vec![anchor], Vec::new()).unwrap());
                let lists = Lists { rules: vec![Rule::common_name("partner", &domain)], ..nobody() };
                format!("{refused} {}", outcome(lists, &caller, NOW))
            }
        }
    };
    let no_authority = "expected the certificate of an authority (basicConstraints with cA), found an end entity; to admit one certificate, list its thumbprint instead";
    let issued = authority("Root").self_signed().issue(bare(3));
    assert_rows([
        ("version 1", ask(bare(1)), "true allow: name partner"),
        ("version 3 without basicConstraints", ask(bare(3)), "true allow: name partner"),
        ("with cA, as ever", ask(authority("Root")), "false allow: name partner"),
        ("with cA FALSE", ask(Shape { basic_constraints: Some(false), ..bare(3) }), no_authority),
        ("for signing handshakes", ask(Shape { key_usage: Some(vec!["digitalSignature"]), ..bare(3) }), "expected keyUsage with keyCertSign, found digitalSignature"),
        ("issued by another", Anchor::legacy(&issued.der()).unwrap_err().to_string(), no_authority),
    ]);
}

#[test]
fn a_root_on_demand_is_no_caller_of_its_own() {
    let root = Shape {
        basic_constraints: None,
        ..caller()
    };
    let root = Shape {
        key_usage: None,
        ..root
    }
    .self_signed();
    let anchor = Anchor::legacy(&root.der()).unwrap();
    let domain = Arc::new(TrustDomain::new(vec![anchor], Vec::new()).unwrap());
    let lists = [Caller::of_lists([Rule::common_name("partner", &domain)])];
    let policy = client_cert::Policy::new(nobody().front_end, nobody().fitness, lists).unwrap();
    let decider = client_cert::Decider::new(policy);
    let decided = text(&decide_value(&decider, &root.header(), NOW));
    assert_eq!(decided, "deny: path-unverified");
}
