//! Paths: through configured intermediates to an anchor, within every constraint.

use client_cert::{ExtendedKeyUsageRule, Fitness};
use openssl::nid::Nid;
use test_support::{DAY, Issued, NOW, Shape};

use super::der::element;
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

/// nameConstraints with one dNSName: permitted (tag 0xa0) or excluded (tag 0xa1).
fn dns_constraint(kind: u8, base: &str) -> Vec<(&'static str, bool, Vec<u8>)> {
    let subtree = element(0x30, &element(0x82, base.as_bytes()));
    let constraints = element(0x30, &element(kind, &subtree));
    vec![("2.5.29.30", true, constraints)]
}

#[test]
#[rustfmt::skip]
fn name_constraints_hold_for_a_common_name_at_every_edge() {
    let ask = |kind: u8, base: &str, name: &str| {
        let root = Shape { extensions: dns_constraint(kind, base), ..Shape::authority("Root") }.self_signed();
        outcome(named(name, &[&root], &[]), &root.issue(Shape::caller(name)), NOW)
    };
    let permitted = |base, name| ask(0xa0, base, name);
    let excluded = |base, name| ask(0xa1, base, name);
    assert_rows([
        ("the base itself", permitted("example.com", "example.com"), "allow: name example.com"),
        ("below it", permitted("example.com", "a.b.example.com"), "allow: name a.b.example.com"),
        ("beside it", permitted("example.com", "notexample.com"), "deny: path-unverified"),
        ("the base in another case", permitted("EXAMPLE.com", "a.example.com"), "allow: name a.example.com"),
        ("the name in another case", permitted("example.com", "A.Example.COM"), "allow: name A.Example.COM"),
        ("a leading dot, which has no meaning here", permitted(".example.com", "a.example.com"), "deny: path-unverified"),
        ("a leading dot, the base itself", permitted(".example.com", "example.com"), "deny: path-unverified"),
        ("a person under an authority for hosts", permitted("example.com", "Jane Doe"), "allow: name Jane Doe"),
        ("a single label", permitted("example.com", "partner"), "deny: path-unverified"),
        ("excluded: a leading dot", excluded(".example.com", "partner"), "deny: path-unverified"),
        ("excluded: a person", excluded("example.com", "Jane Doe"), "allow: name Jane Doe"),
        ("excluded: the base itself", excluded("example.com", "example.com"), "deny: path-unverified"),
        ("excluded: below it", excluded("example.com", "a.example.com"), "deny: path-unverified"),
        ("excluded: another case", excluded("example.com", "A.EXAMPLE.com"), "deny: path-unverified"),
        ("excluded: beside it", excluded("example.com", "notexample.com"), "allow: name notexample.com"),
        ("excluded: elsewhere", excluded("example.com", "partner"), "allow: name partner"),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_path_is_as_long_as_its_anchor_allows() {
    let chain = |limit: u32, intermediates: usize, self_issued: bool| {
        let root = Shape::authority("Root").path_length(limit).self_signed();
        let mut chain = vec![root];
        for number in 0..intermediates {
            let name = match self_issued && number == 0 {
                true => "Root".to_owned(),
                false => format!("Intermediate {number}"),
            };
            chain.push(chain[number].issue(Shape::authority(&name)));
        }
        let caller = chain[intermediates].issue(Shape::caller("partner"));
        let between: Vec<&Issued> = chain[1..].iter().collect();
        outcome(named("partner", &[&chain[0]], &between), &caller, NOW)
    };
    assert_rows([
        ("none of 0", chain(0, 0, false), "allow: name partner"),
        ("one of 0", chain(0, 1, false), "deny: path-unverified"),
        ("one of 1", chain(1, 1, false), "allow: name partner"),
        ("two of 1", chain(1, 2, false), "deny: path-unverified"),
        ("two of 2", chain(2, 2, false), "allow: name partner"),
        ("two of 1, one of them self-issued", chain(1, 2, true), "allow: name partner"),
        ("one of 0, self-issued", chain(0, 1, true), "allow: name partner"),
    ]);
}

#[test]
#[rustfmt::skip]
fn the_purposes_of_authorities_follow_the_setting() {
    let servers = || Shape { extended_key_usage: Some(vec!["serverAuth"]), ..Shape::authority("Servers") };
    let anchor = servers().self_signed();
    let root = Shape::authority("Root").self_signed();
    let intermediate = root.issue(servers());
    let by_anchor = anchor.issue(Shape::caller("partner"));
    let by_intermediate = intermediate.issue(Shape::caller("partner"));
    let ask = |extended_key_usage, lists: Lists, caller: &Issued| {
        let fitness = Fitness { extended_key_usage, ..Fitness::default() };
        outcome(Lists { fitness, ..lists }, caller, NOW)
    };
    let anchored = || named("partner", &[&anchor], &[]);
    let between = || named("partner", &[&root], &[&intermediate]);
    let anything = Shape { extended_key_usage: Some(vec!["anyExtendedKeyUsage"]), ..Shape::authority("Anything") }.self_signed();
    let by_anything = anything.issue(Shape::caller("partner"));
    let under_anything = |rule| ask(rule, named("partner", &[&anything], &[]), &by_anything);
    use ExtendedKeyUsageRule::{Any, IfPresent, Ignored, Required};
    assert_rows([
        ("an anchor for servers, if present", ask(IfPresent, anchored(), &by_anchor), "deny: path-unverified"),
        ("an anchor for servers, required", ask(Required, anchored(), &by_anchor), "deny: path-unverified"),
        ("an anchor for servers, ignored", ask(Ignored, anchored(), &by_anchor), "allow: name partner"),
        ("an anchor for anything, if present", under_anything(IfPresent), "deny: path-unverified"),
        ("an anchor for anything, any", under_anything(Any), "allow: name partner"),
        ("an anchor for servers, any", ask(Any, anchored(), &by_anchor), "deny: path-unverified"),
        ("an intermediate for servers, if present", ask(IfPresent, between(), &by_intermediate), "deny: path-unverified"),
        ("an intermediate for servers, ignored", ask(Ignored, between(), &by_intermediate), "allow: name partner"),
    ]);
}
