//! Reasons: the most useful one first.

use client_cert::{Decision, Denial};
use test_support::{KeyKind, NOW, Shape};

use super::table::*;

#[test]
fn the_most_useful_of_several_reasons_is_given() {
    let authority = Shape::authority("Authority").self_signed();
    let worst = Shape {
        not_after: NOW - 1,
        key: KeyKind::Rsa1024,
        extended_key_usage: Some(vec!["serverAuth"]),
        ..Shape::caller("partner")
    }
    .self_signed();
    let reasons = |lists: Lists| match decide_value(&lists.decider(), &worst.header(), NOW) {
        Decision::Allow(_) => panic!("admitted"),
        Decision::Deny(refusal) => {
            let first = refusal.denial().code();
            let also = refusal.also().iter().map(Denial::code);
            std::iter::once(first).chain(also).collect::<Vec<_>>()
        }
    };
    assert_eq!(
        reasons(pinned(&worst)),
        ["certificate-expired", "key-too-short", "extended-key-usage"]
    );
    assert_eq!(
        reasons(named("partner", &[&authority], &[])),
        ["certificate-expired", "key-too-short", "extended-key-usage"],
        "a listed name likewise"
    );
    assert_eq!(
        reasons(pinned(&authority)),
        ["not-listed"],
        "nobody meant to admit it"
    );
}
