//! What a rule compares: each kind of condition, and several together.

use std::sync::Arc;

use client_cert::{
    Caller, Certificate, Condition, Decider, FrontEnd, Policy, Rule, TrustDomain, Window,
};
use test_support::{Issued, NOW, Shape};

use crate::table::{assert_rows, decide_value, domain, text};

fn read(issued: &Issued) -> Certificate {
    Certificate::parse(&issued.der()).unwrap()
}

fn key(issued: &Issued) -> Condition {
    Condition::PublicKey(read(issued).public_key_hash())
}

fn name(name: &str) -> Condition {
    Condition::CommonName(name.to_owned())
}

/// What becomes of a certificate under one rule.
fn outcome(
    conditions: Vec<Condition>,
    domain: Option<&Arc<TrustDomain>>,
    certificate: &Issued,
) -> String {
    let rule = Rule::new(conditions, domain.cloned(), Window::ALWAYS).unwrap();
    let policy = Policy::new(
        FrontEnd::Development,
        Default::default(),
        [Caller::of_lists([rule])],
    );
    let decider = Decider::new(policy.unwrap());
    text(&decide_value(&decider, &certificate.header(), NOW))
}

#[test]
#[rustfmt::skip]
fn a_key_admits_every_certificate_that_has_it() {
    let authority = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let sibling = authority.issue(Shape::caller("partner"));
    let hash = read(&partner).public_key_hash();
    let of_authority = domain(&[&authority], &[]);
    let admitted = format!("allow: key {hash}");
    assert_rows([
        ("the key", outcome(vec![key(&partner)], None, &partner), admitted.as_str()),
        ("another", outcome(vec![key(&partner)], None, &sibling), "deny: not-listed"),
        ("the key under its authority", outcome(vec![key(&partner)], Some(&of_authority), &partner), &admitted),
        ("an authority's key", outcome(vec![key(&authority)], None, &partner), "deny: not-listed"),
    ]);
}

#[test]
#[rustfmt::skip]
fn several_conditions_are_all_required() {
    let authority = Shape::authority("Authority").self_signed();
    let stranger = Shape::authority("Stranger").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let sibling = authority.issue(Shape::caller("partner"));
    let (of_authority, of_stranger) = (domain(&[&authority], &[]), domain(&[&stranger], &[]));
    let pin = || Condition::Thumbprint(partner.sha256().parse().unwrap());
    let under = |domain, conditions| outcome(conditions, Some(domain), &partner);
    assert_rows([
        ("a pin and a name", under(&of_authority, vec![pin(), name("partner")]), "allow: pin sha256 and name partner"),
        ("in the other order", under(&of_authority, vec![name("partner"), pin()]), "allow: name partner and pin sha256"),
        ("a pin and another name", under(&of_authority, vec![pin(), name("other")]), "deny: not-listed"),
        ("a name and another's key", under(&of_authority, vec![name("partner"), key(&sibling)]), "deny: not-listed"),
        ("a pin under its authority", under(&of_authority, vec![pin()]), "allow: pin sha256"),
        ("a pin under a foreign authority", under(&of_stranger, vec![pin()]), "deny: path-unverified"),
    ]);
}
