//! Authorities: what can be an anchor or an intermediate, and what makes a domain.

use client_cert::{Anchor, Intermediate, TrustDomain, TrustDomainError};
use test_support::{DAY, Issued, KeyKind, NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn an_anchor_is_looked_at_as_a_certificate() {
    let expiring = Shape {
        not_after: NOW + DAY,
        ..Shape::authority("Authority")
    }
    .self_signed();
    let partner = expiring.issue(Shape::caller("partner"));
    let rules = || named("partner", &[&expiring], &[]);
    assert_rows([
        ("while it is valid", outcome(rules(), &partner, NOW + DAY), "allow: name partner"),
        ("after it has expired", outcome(rules(), &partner, NOW + DAY + 1), "deny: path-unverified"),
    ]);
    let refused = |shape: Shape| {
        Anchor::new(&shape.self_signed().der())
            .unwrap_err()
            .to_string()
    };
    let plain = || Shape::authority("Authority");
    for (shape, expected) in [
        (Shape::caller("caller"), "found an end entity"),
        (Shape { basic_constraints: Some(false),..plain() }, "found an end entity"),
        (Shape { version: 1,..plain() }, "found an end entity"),
        (Shape { key_usage: Some(vec!["cRLSign"]),..plain() }, "keyCertSign, found cRLSign"),
        (Shape { extensions: vec![("1.2.3.4.5", true, vec![5, 0])],..plain() }, "found 1.2.3.4.5"),
        (Shape { key: KeyKind::Rsa1024,..plain() }, "found RSA with 1024 bits"),
    ] {
        let seen = refused(shape);
        assert!(seen.contains(expected), "{seen} does not say {expected}");
    }
    let usage = Shape {
        key_usage: Some(vec!["digitalSignature"]),
        ..plain()
    }
    .self_signed();
    assert!(
        Intermediate::new(&usage.der()).is_err(),
        "an authority that may not sign certificates"
    );
}

#[test]
fn a_domain_has_an_anchor_and_one_subject_of_anchors() {
    let first = Shape::authority("First").self_signed();
    let renewed = Shape::authority("First").self_signed();
    let second = Shape::authority("Second").self_signed();
    let refused = |anchors: &[&Issued]| {
        let anchors = anchors.iter().map(|anchor| Anchor::new(&anchor.der()));
        let anchors = anchors.map(Result::unwrap).collect();
        TrustDomain::new(anchors, Vec::new()).unwrap_err()
    };
    assert_eq!(refused(&[]), TrustDomainError::NoAnchor);
    assert_eq!(
        refused(&[&first, &second]),
        TrustDomainError::SeveralSubjects
    );
    let rules = named("partner", &[&first, &renewed], &[]);
    assert_eq!(
        outcome(rules, &renewed.issue(Shape::caller("partner")), NOW),
        "allow: name partner"
    );
}

#[test]
fn whoever_configures_a_domain_is_told_what_keeps_callers_out() {
    let root = Shape::authority("Root").self_signed();
    let first = root.issue(Shape::authority("First"));
    let lost = first.issue(Shape::authority("Lost"));
    let notes = |intermediates: &[&Issued]| -> Vec<String> {
        let notes = domain(&[&root], intermediates).notes();
        notes.iter().map(ToString::to_string).collect()
    };
    assert_eq!(notes(&[&first, &lost]), [""; 0]);
    let expected = "CN=Lost leads to no trust anchor: expected a verified path to a trust anchor, found the intermediate \
                    CN=Lost, whose issuer CN=First is not configured";
    assert_eq!(notes(&[&lost]), [expected]);
    let many: Vec<Issued> = (0..80)
        .map(|_| root.issue(Shape::authority("Many")))
        .collect();
    let many: Vec<&Issued> = many.iter().collect();
    assert_eq!(notes(&many[..60]), [""; 0]);
    let expected = "so many keys bear the name CN=Many that not all are tried for a certificate without an \
                    authorityKeyIdentifier";
    assert_eq!(notes(&many), [expected]);
    // The same name and key, certified over and over.
    let again: Vec<Issued> = (0..20)
        .map(|_| root.issue_for(Shape::authority("Again"), first.key.clone()))
        .collect();
    let again: Vec<&Issued> = again.iter().collect();
    let expected =
        "more than 16 chains lead from CN=Again to trust anchors; only the shortest are used";
    assert_eq!(notes(&again), [expected]);
}
