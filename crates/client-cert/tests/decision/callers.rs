//! Callers: alternatives within one, and never two at once; roles.

use client_cert::{Decision, Forwarded, HeaderLine, Requirement, TargetHost};
use test_support::{NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn either_list_admits() {
    let authority = Shape::authority("Authority").self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let other = Shape::caller("other").self_signed();
    let lists = || pinned(&other).and(named("partner", &[&authority], &[]));
    let by_both = |change: fn(&mut Shape)| {
        let mut shape = Shape::caller("partner");
        change(&mut shape);
        let caller = authority.issue(shape);
        outcome(lists().and(pinned(&caller)), &caller, NOW)
    };
    assert_rows([
        ("by name", outcome(lists(), &partner, NOW), "allow: name partner"),
        ("by pin", outcome(lists(), &other, NOW), "allow: pin sha256"),
        ("by neither", outcome(lists(), &authority.issue(Shape::caller("third")), NOW), "deny: not-listed"),
        ("by both, and for servers alone", by_both(|s| s.extended_key_usage = Some(vec!["serverAuth"])), "deny: extended-key-usage"),
        ("by both, and an authority", by_both(|s| s.basic_constraints = Some(true)), "allow: pin sha256"),
    ]);
}

#[test]
fn callers_of_lists_have_no_role() {
    let caller = Shape::caller("caller").self_signed();
    let decider = pinned(&caller).decider();
    let value = caller.header();
    let forwarded = |certificate| Forwarded {
        certificate,
        proto: HeaderLine::Absent,
        host: TargetHost::Loopback,
    };
    let requirement = Requirement::AnyRole(vec!["auditor".to_owned()]);
    let ask = |line| match decide(&decider, &requirement, &forwarded(line), at(NOW)) {
        Decision::Allow(_) => panic!("admitted"),
        Decision::Deny(refusal) => refusal,
    };
    let admitted = ask(HeaderLine::Once(value.as_bytes()));
    assert_eq!(
        (admitted.denial().code(), admitted.denial().is_forbidden()),
        ("role-missing", true)
    );
    let absent = ask(HeaderLine::Absent);
    assert_eq!(
        (absent.denial().code(), absent.denial().is_forbidden()),
        ("certificate-absent", false)
    );
}
