//! Paths: through configured intermediates to an anchor, within every constraint.

use openssl::nid::Nid;
use test_support::{DAY, NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn a_path_goes_through_configured_intermediates() {
    let root = Shape::authority("Root").self_signed();
    let intermediate = root.issue(Shape::authority("Intermediate"));
    let partner = intermediate.issue(Shape::caller("partner"));
    let short = Shape::authority("Root").path_length(0).self_signed();
    let too_deep = short.issue(Shape::authority("Intermediate"));
    let expired = root.issue(Shape {
        not_after: NOW + DAY,
        ..Shape::authority("Expiring")
    });
    let under_expired = expired.issue(Shape::caller("partner"));
    let server_only = root.issue(Shape {
        extended_key_usage: Some(vec!["serverAuth"]),
        ..Shape::authority("Server authority")
    });
    let under_server_only = server_only.issue(Shape::caller("partner"));
    let constrained = root.issue(Shape {
        extensions: constrained_names(),
        ..Shape::authority("Constrained")
    });
    let server_root = Shape { extended_key_usage: Some(vec!["serverAuth"]), ..Shape::authority("Root") }.self_signed();
    let mail_root = Shape {
        // excludedSubtrees: rfc822Name example.com
        extensions: vec![("2.5.29.30", true, b"\x30\x11\xa1\x0f\x30\x0d\x81\x0bexample.com".to_vec())],
        ..Shape::authority("Root")
    }
    .self_signed();
    let mail = |address: Option<&str>| {
        let mut shape = Shape::caller("partner");
        shape.names.extend(address.map(|address| (Nid::PKCS9_EMAILADDRESS, address.to_owned())));
        outcome(named("partner", &[&mail_root], &[]), &mail_root.issue(shape), NOW)
    };
    let under_constrained = |name: &str, dns: &[&str]| {
        let dns = dns.iter().map(|name| (*name).to_owned()).collect();
        let caller = constrained.issue(Shape { dns, ..Shape::caller(name) });
        outcome(named(name, &[&root], &[&constrained]), &caller, NOW)
    };
    let constrained_root = Shape { extensions: constrained_names(), ..Shape::authority("Root") }.self_signed();
    let under_constrained_root = constrained_root.issue(Shape::caller("partner"));
    assert_rows([
        ("through it", outcome(named("partner", &[&root], &[&intermediate]), &partner, NOW), "allow: name partner"),
        ("not configured", outcome(named("partner", &[&root], &[]), &partner, NOW), "deny: path-unverified"),
        ("itself as the anchor", outcome(named("partner", &[&intermediate], &[]), &partner, NOW), "allow: name partner"),
        ("too long a path", outcome(named("partner", &[&short], &[&too_deep]), &too_deep.issue(Shape::caller("partner")), NOW), "deny: path-unverified"),
        ("while it is valid", outcome(named("partner", &[&root], &[&expired]), &under_expired, NOW + DAY), "allow: name partner"),
        ("after it has expired", outcome(named("partner", &[&root], &[&expired]), &under_expired, NOW + DAY + 1), "deny: path-unverified"),
        ("an intermediate for servers", outcome(named("partner", &[&root], &[&server_only]), &under_server_only, NOW), "deny: path-unverified"),
        ("a DNS name inside its name constraints", under_constrained("a.example.com", &["a.example.com"]), "allow: name a.example.com"),
        ("a DNS name outside its name constraints", under_constrained("a.example.org", &["a.example.org"]), "deny: path-unverified"),
        ("a common name alone, outside", under_constrained("a.example.org", &[]), "deny: path-unverified"),
        ("a common name alone, inside", under_constrained("a.example.com", &[]), "allow: name a.example.com"),
        ("a common name that only ends alike", under_constrained("notexample.com", &[]), "deny: path-unverified"),
        ("a common name outside beside a DNS name inside", under_constrained("a.example.org", &["a.example.com"]), "deny: path-unverified"),
        ("a common name that is no DNS name", under_constrained("partner", &["a.example.com"]), "deny: path-unverified"),
        ("name constraints on the anchor", outcome(named("partner", &[&constrained_root], &[]), &under_constrained_root, NOW), "deny: path-unverified"),
        ("an anchor for servers alone", outcome(named("partner", &[&server_root], &[]), &server_root.issue(Shape::caller("partner")), NOW), "deny: path-unverified"),
        ("a mail address under an authority that constrains them", mail(Some("x@example.com")), "deny: path-unverified"),
        ("no mail address under it", mail(None), "allow: name partner"),
        ("no intermediate is an anchor", outcome(named("partner", &[&Shape::authority("Other").self_signed()], &[&root, &intermediate]), &partner, NOW), "deny: path-unverified"),
    ]);
}

/// Name constraints: permittedSubtrees with the dNSName example.com.
fn constrained_names() -> Vec<(&'static str, bool, Vec<u8>)> {
    vec![(
        "2.5.29.30",
        true,
        b"\x30\x11\xa0\x0f\x30\x0d\x82\x0bexample.com".to_vec(),
    )]
}
