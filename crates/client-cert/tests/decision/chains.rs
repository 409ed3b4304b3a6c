//! Chains of authorities: how long, through which of several keys, and the names of those in between.

use client_cert::TrustDomainError;
use openssl::nid::Nid;
use test_support::{Issued, KeyKind, NOW, Shape};

use super::der::element;
use super::table::*;

/// An authority with a subjectKeyIdentifier of this octet, if there is one.
fn identified(name: &str, identifier: Option<u8>) -> Shape {
    let extension = |octet| ("2.5.29.14", false, element(4, &[octet]));
    Shape {
        extensions: identifier.map(extension).into_iter().collect(),
        ..Shape::authority(name)
    }
}

/// A caller whose authorityKeyIdentifier is this octet, if there is one.
fn referring(identifier: Option<u8>) -> Shape {
    let extension = |octet| ("2.5.29.35", false, element(0x30, &element(0x80, &[octet])));
    Shape {
        extensions: identifier.map(extension).into_iter().collect(),
        ..Shape::caller("partner")
    }
}

#[test]
fn a_chain_has_twelve_authorities_at_most() {
    let mut chain = vec![Shape::authority("Root").self_signed()];
    for number in 1..13 {
        let name = format!("Intermediate {number}");
        chain.push(chain[number - 1].issue(Shape::authority(&name)));
    }
    let between: Vec<&Issued> = chain[1..].iter().collect();
    let ask = |authorities: usize| {
        let caller = chain[authorities - 1].issue(Shape::caller("partner"));
        outcome(named("partner", &[&chain[0]], &between), &caller, NOW)
    };
    assert_rows([
        ("twelve", ask(12), "allow: name partner"),
        ("thirteen", ask(13), "deny: path-unverified"),
    ]);
}

/// So many keys of one name that not all are tried: those first that the certificate may refer to.
#[test]
#[rustfmt::skip]
fn the_key_that_a_certificate_refers_to_is_tried_first() {
    let root = Shape::authority("Root").self_signed();
    let many = |number: u8, identifier: Option<u8>| root.issue(identified("Many", identifier.map(|_| number)));
    let others: Vec<Issued> = (1..80).map(|number| many(number, Some(0))).collect();
    let ask = |last: &[&Issued], caller: Option<u8>| {
        let between: Vec<&Issued> = others.iter().chain(last.iter().copied()).collect();
        let caller = last[0].issue(referring(caller));
        outcome(named("partner", &[&root], &between), &caller, NOW)
    };
    let (silent, own) = (many(0, None), many(200, Some(0)));
    // The same key certified twice: either identifier is its own.
    let again = root.issue_for(identified("Many", Some(201)), own.key.clone());
    assert_rows([
        ("its own", ask(&[&own], Some(200)), "allow: name partner"),
        ("none", ask(&[&own], None), "deny: path-unverified"),
        ("another's", ask(&[&own], Some(7)), "deny: path-unverified"),
        ("nobody's, and all have another", ask(&[&own], Some(220)), "deny: path-unverified"),
        ("nobody's, and its issuer has none", ask(&[&silent], Some(220)), "allow: name partner"),
        ("that of its issuer's other certificate", ask(&[&own, &again], Some(201)), "allow: name partner"),
    ]);
}

#[test]
#[rustfmt::skip]
fn whoever_configures_a_domain_hears_of_what_is_left_out_and_of_no_more() {
    let root = Shape::authority("Root").self_signed();
    let notes = |between: Vec<Issued>| {
        let between: Vec<&Issued> = between.iter().collect();
        domain(&[&root], &between).notes().len()
    };
    let shared = Shape::authority("Shared").self_signed();
    let chains = |count: usize| (0..count).map(|_| root.issue_for(Shape::authority("Shared"), shared.key.clone())).collect();
    // Five signatures of P-384 are all that one certificate may cost.
    let keys = |count: usize| (0..count).map(|_| root.issue(Shape { key: KeyKind::P384, ..Shape::authority("Keys") })).collect();
    assert_eq!([16, 17].map(|count| notes(chains(count))), [0, 1]);
    assert_eq!([5, 6].map(|count| notes(keys(count))), [0, 1]);
}

/// nameConstraints that exclude the directory name `CN=…`.
fn excluding(common_name: &str) -> Vec<(&'static str, bool, Vec<u8>)> {
    let pair = [
        element(6, b"\x55\x04\x03"),
        element(12, common_name.as_bytes()),
    ]
    .concat();
    let name = element(0x30, &element(0x31, &element(0x30, &pair)));
    let subtree = element(0x30, &element(0xa4, &name));
    vec![("2.5.29.30", true, element(0x30, &element(0xa1, &subtree)))]
}

#[test]
#[rustfmt::skip]
fn name_constraints_hold_for_the_authorities_in_between() {
    let constrained = |name: &str| Shape { extensions: excluding("Middle"), ..Shape::authority(name) }.self_signed();
    let ask = |root: &Issued, names: &[&str]| {
        let mut between: Vec<Issued> = Vec::new();
        for name in names {
            between.push(between.last().unwrap_or(root).issue(Shape::authority(name)));
        }
        let caller = between.last().unwrap_or(root).issue(Shape::caller("partner"));
        outcome(named("partner", &[root], &between.iter().collect::<Vec<_>>()), &caller, NOW)
    };
    let (root, middle) = (constrained("Root"), constrained("Middle"));
    let excluded_caller = root.issue(Shape { names: vec![(Nid::COMMONNAME, "middle".to_owned())], ..Shape::caller("") });
    assert_rows([
        ("nobody in between", ask(&root, &[]), "allow: name partner"),
        ("another name", ask(&root, &["Other"]), "allow: name partner"),
        ("the excluded name", ask(&root, &["Middle"]), "deny: path-unverified"),
        ("the excluded name above another", ask(&root, &["Middle", "Other"]), "deny: path-unverified"),
        ("below another", ask(&root, &["Other", "Middle"]), "deny: path-unverified"),
        ("a self-issued one with the excluded name", ask(&middle, &["Middle"]), "allow: name partner"),
        ("the caller", outcome(named("middle", &[&root], &[]), &excluded_caller, NOW), "deny: path-unverified"),
    ]);
}

/// Then lists that are held need not be verified again, whatever the domains are called.
#[test]
#[rustfmt::skip]
fn two_domains_are_alike_if_they_have_the_same_certificates_in_the_same_places() -> Result<(), TrustDomainError> {
    let [root, other] = ["Root", "Root"].map(|name| Shape::authority(name).self_signed());
    let [first, second] = ["First", "Second"].map(|name| root.issue(Shape::authority(name)));
    let one = domain(&[&root], &[&first]);
    let called = (*one).clone().named("partners".parse().unwrap());
    assert_eq!((called.label(), one.label()), ("partners".to_owned(), "CN=Root".to_owned()));
    assert_eq!(called.name().map(ToString::to_string), Some("partners".to_owned()));
    assert_eq!((one.anchors().len(), one.intermediates().len()), (1, 1));
    for (what, two, alike) in [
        ("the same", domain(&[&root], &[&first]), true),
        ("by another name", called.into(), true),
        ("another intermediate", domain(&[&root], &[&second]), false),
        ("one more", domain(&[&root], &[&first, &second]), false),
        ("none", domain(&[&root], &[]), false),
        ("another anchor", domain(&[&other], &[&first]), false),
        ("the intermediate as an anchor", client_cert::TrustDomain::of_several_subjects([one.anchors(), &[client_cert::Anchor::new(&first.der()).unwrap()]].concat(), Vec::new())?.into(), false),
    ] {
        assert_eq!(one.has_authorities_of(&two), alike, "{what}");
        assert_eq!(two.has_authorities_of(&one), alike, "{what}");
    }
    Ok(())
}
