//! Names: nothing but an exact match under a verified path.

use openssl::nid::Nid;
use test_support::{KeyKind, NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn a_name_counts_under_a_verified_path_alone() {
    let authority = Shape::authority("Authority").self_signed();
    let look_alike = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let rules = || named("partner", &[&authority], &[]);
    let issued = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("partner");
        change(&mut shape);
        outcome(rules(), &authority.issue(shape), NOW)
    };
    let common_name = |name: &str| outcome(rules(), &authority.issue(Shape::caller(name)), NOW);
    let two_names = Shape {
        names: vec![
            (Nid::COMMONNAME, "partner".to_owned()),
            (Nid::COMMONNAME, "other".to_owned()),
        ],
        ..Shape::caller("")
    };
    assert_rows([
        ("issued by the anchor", outcome(rules(), &partner, NOW), "allow: name partner"),
        ("self-signed with the name", outcome(rules(), &Shape::caller("partner").self_signed(), NOW), "deny: path-unverified"),
        ("by an authority with the anchor's name", outcome(rules(), &look_alike.issue(Shape::caller("partner")), NOW), "deny: path-unverified"),
        ("another name under the anchor", common_name("other"), "deny: not-listed"),
        ("another case", common_name("Partner"), "deny: not-listed"),
        ("a blank before", common_name(" partner"), "deny: not-listed"),
        ("a blank behind", common_name("partner "), "deny: not-listed"),
        ("a Cyrillic letter", common_name("p\u{0430}rtner"), "deny: not-listed"),
        ("an invisible mark", common_name("partner\u{200E}"), "deny: not-listed"),
        ("NUL in the name", common_name("partner\0.evil"), "deny: not-listed"),
        ("a control character, listed as it is", outcome(named("part\u{7}ner", &[&authority], &[]), &authority.issue(Shape::caller("part\u{7}ner")), NOW), "deny: not-listed"),
        ("two common names", outcome(rules(), &authority.issue(two_names), NOW), "deny: common-name-ambiguous"),
        ("the name as organisation", issued(|s| s.names = vec![(Nid::ORGANIZATIONNAME, "partner".to_owned())]), "deny: not-listed"),
        ("the name as SAN", issued(|s| { s.names = vec![(Nid::ORGANIZATIONNAME, "x".to_owned())]; s.dns = vec!["partner".to_owned()]; }), "deny: not-listed"),
        ("expired", issued(|s| s.not_after = NOW - 1), "deny: certificate-expired"),
        ("not yet valid", issued(|s| s.not_before = NOW + 1), "deny: certificate-not-yet-valid"),
        ("for servers alone", issued(|s| s.extended_key_usage = Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("without extended key usage", issued(|s| s.extended_key_usage = None), "allow: name partner"),
        ("without digitalSignature", issued(|s| s.key_usage = Some(vec!["keyEncipherment"])), "deny: key-usage"),
        ("RSA-1024", issued(|s| s.key = KeyKind::Rsa1024), "deny: key-too-short"),
        ("an authority itself", issued(|s| s.basic_constraints = Some(true)), "deny: ca-certificate"),
        ("an unknown critical extension", issued(|s| s.extensions = vec![("1.2.3.4.5", true, vec![5, 0])]), "deny: critical-extension"),
        ("X.509 version 1", issued(|s| s.version = 1), "deny: path-unverified"),
        ("the anchor itself", outcome(named("Authority", &[&authority], &[]), &authority, NOW), "deny: key-usage"),
        ("the anchor's name is not listed", outcome(rules(), &authority, NOW), "deny: not-listed"),
    ]);
}

#[test]
fn a_subject_is_shown_without_anything_that_changes_how_it_is_read() {
    let caller = Shape::caller("a\u{202e}b\u{200b}c\u{e0041}d\u{7}e").self_signed();
    let certificate = client_cert::Certificate::parse(&caller.der()).unwrap();
    let subject = certificate.subject().to_string();
    assert_eq!(subject, r"CN=a\e2\80\aeb\e2\80\8bc\f3\a0\81\81d\07e");
}
