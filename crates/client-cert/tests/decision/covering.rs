//! Which list covers which certificate: by distribution points, by the names of these, and by reasons.

use client_cert::{CrlSet, DomainRevocation, ListSigner};
use std::sync::Arc;
use test_support::crl::{List, element, extension, sequence};
use test_support::{DAY, Issued, NOW, Shape};

use super::revocation::{STRICT, ask_at};
use super::table::{assert_rows, domain};

const ISSUING_POINT: &[u8] = b"\x55\x1d\x1c";

/// Attributes of a relative distinguished name: `CN=…`.
fn common_name(text: &[u8]) -> Vec<u8> {
    sequence(&[element(6, b"\x55\x04\x03"), element(0x0c, text)])
}

/// The field distributionPoint with the full name of a URI.
fn uri(text: &[u8]) -> Vec<u8> {
    element(0xa0, &element(0xa0, &element(0x86, text)))
}

/// The same with a name relative to the list's issuer.
fn relative(attributes: &[u8]) -> Vec<u8> {
    element(0xa0, &element(0xa1, attributes))
}

/// The same with the whole name `CN=…,CN=Root`.
fn below_root(text: &[u8]) -> Vec<u8> {
    let rdns = [b"Root", text].map(|text| element(0x31, &common_name(text)));
    element(0xa0, &element(0xa0, &element(0xa4, &sequence(&rdns))))
}

/// A caller with one distribution point of these fields.
fn pointing(root: &Issued, fields: &[Vec<u8>]) -> Issued {
    let value = sequence(&[sequence(fields)]);
    root.issue(Shape {
        extensions: vec![("2.5.29.31", false, value)],
        ..Shape::caller("partner")
    })
}

/// A list with an issuingDistributionPoint of these fields, if there are any.
fn list(fields: &[Vec<u8>], revoked: &[&Issued]) -> List {
    let point = extension(ISSUING_POINT, true, &sequence(fields));
    List {
        extensions: if fields.is_empty() {
            Vec::new()
        } else {
            vec![point]
        },
        ..List::of(revoked)
    }
}

#[test]
#[rustfmt::skip]
fn a_list_covers_the_certificates_whose_point_has_one_of_its_names() {
    let root = Shape::authority("Root").self_signed();
    let domain = domain(&[&root], &[]);
    let first = || common_name(b"1");
    let ask = |of_caller: &[Vec<u8>], of_list: &[Vec<u8>]| {
        let caller = pointing(&root, of_caller);
        ask_at(&domain, STRICT, vec![list(of_list, &[]).signed_by(&root)], &caller, NOW)
    };
    assert_rows([
        ("a list without a point", ask(&[uri(b"http://crl.example/1")], &[]), "allow, good"),
        ("the same URI", ask(&[uri(b"http://crl.example/1")], &[uri(b"http://crl.example/1")]), "allow, good"),
        ("another URI", ask(&[uri(b"http://crl.example/1")], &[uri(b"http://crl.example/2")]), "deny: revocation-unknown"),
        ("the same relative name", ask(&[relative(&first())], &[relative(&first())]), "allow, good"),
        ("in another case", ask(&[relative(&common_name(b"a"))], &[relative(&common_name(b"A"))]), "allow, good"),
        ("another relative name", ask(&[relative(&first())], &[relative(&common_name(b"2"))]), "deny: revocation-unknown"),
        ("the whole name of a relative one", ask(&[relative(&first())], &[below_root(b"1")]), "allow, good"),
        ("the other way round", ask(&[below_root(b"1")], &[relative(&first())]), "allow, good"),
        ("another whole name", ask(&[below_root(b"2")], &[relative(&first())]), "deny: revocation-unknown"),
        ("two attributes in another order", ask(&[relative(&[first(), common_name(b"2")].concat())], &[relative(&[common_name(b"2"), first()].concat())]), "allow, good"),
        ("no attribute on either side", ask(&[relative(&[])], &[relative(&[])]), "deny: revocation-unknown"),
        ("what is no attribute on either side", ask(&[relative(&[5, 0])], &[relative(&[5, 0])]), "deny: revocation-unknown"),
    ]);
}

#[test]
#[rustfmt::skip]
fn all_reasons_are_covered_or_nothing_is_known() {
    let root = Shape::authority("Root").self_signed();
    let domain = domain(&[&root], &[]);
    let caller = root.issue(Shape::caller("partner"));
    let (compromise, others) = ([6, 0x40], [7, 0x3f, 0x80]);
    let reasons = |flags: &[u8]| list(&[element(0x83, flags)], &[]);
    let ask = |lists: &[List]| {
        let lists = lists.iter().map(|list| list.signed_by(&root)).collect();
        ask_at(&domain, STRICT, lists, &caller, NOW)
    };
    let stale = |list: List| List { next_update: Some(NOW - 1), this_update: NOW - DAY, ..list };
    let (all, unused_too) = (reasons(&[7, 0x7f, 0x80]), reasons(&[7, 0xff, 0x80]));
    assert_rows([
        ("each of them", ask(&[all]), "allow, good"),
        ("and the bit that is not used", ask(&[unused_too]), "allow, good"),
        ("one", ask(&[reasons(&compromise)]), "deny: revocation-unknown"),
        ("all but one", ask(&[reasons(&others)]), "deny: revocation-unknown"),
        ("both", ask(&[reasons(&compromise), reasons(&others)]), "allow, good"),
        ("one of them stale", ask(&[reasons(&compromise), stale(reasons(&others))]), "deny: revocation-stale"),
        ("one, and a stale list of all", ask(&[reasons(&compromise), stale(list(&[], &[]))]), "deny: revocation-stale"),
        ("all, and a stale list of one", ask(&[list(&[], &[]), stale(reasons(&compromise))]), "allow, good"),
        ("none", ask(&[reasons(&[0])]), "deny: revocation-unknown"),
    ]);
}

/// Lists that are held are not verified again, and a domain with another signer of lists is another one.
#[test]
#[rustfmt::skip]
fn lists_are_renewed_in_the_domain_of_the_lists_before() {
    let root = Shape::authority("Root").self_signed();
    let signer = root.issue(Shape { key_usage: Some(vec!["cRLSign"]), extended_key_usage: None, ..Shape::caller("Root") });
    let plain = domain(&[&root], &[]);
    let with_signer = (*plain).clone().with_list_signers(vec![ListSigner::new(&signer.der()).unwrap()]);
    let read = || [&root, &signer].map(|by| client_cert::Crl::parse(&List::of(&[]).signed_by(by)).unwrap());
    let held = DomainRevocation { domain: Arc::clone(&plain), rule: STRICT, lists: Arc::new(CrlSet::new(&plain, read()).0) };
    let renewed = |domain| {
        let (set, unusable) = held.renewed(domain, read());
        (set.lists().count(), unusable.len())
    };
    assert_eq!(held.lists.lists().count(), 1);
    assert_eq!(renewed(&plain), (1, 1));
    assert_eq!(renewed(&with_signer), (2, 0));
}
