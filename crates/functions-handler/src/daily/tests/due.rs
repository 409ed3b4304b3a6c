//! What is named about the policy alone.

use std::sync::Arc;

use client_cert::{
    Anchor, Caller, Crl, CrlSet, DomainRevocation, Intermediate, OnUncertain, Policy,
    RevocationRule, Rule, TrustDomain, Window,
};
use serde_json::{Value, json};
use test_support::crl::List;
use test_support::{DAY, Issued, NOW, Shape};

use crate::log::Timestamp;

use super::{daily, kinds, look, named, pin, policy, until};

#[test]
fn a_window_is_named_from_thirty_days_before_its_end_on() {
    let rules = [
        ("far", 30 * DAY),
        ("near", 30 * DAY - 1),
        ("last-second", 1),
        ("over", 0),
        ("long-over", -40 * DAY),
    ];
    let callers = rules.iter().zip(1..).map(|((name, left), number)| {
        named(
            name,
            vec![
                pin(number, until(NOW + left)),
                pin(100 + number, Window::ALWAYS),
            ],
        )
    });
    let of_caller = Caller {
        window: until(NOW + DAY),
        ..named("whole", vec![pin(50, until(NOW - DAY))])
    };
    let policy = policy(callers.chain([of_caller]));
    let lines = look(&mut daily(None), &policy, NOW);
    let found = kinds(&lines, "caller");
    let expected = [
        "window-ended long-over",
        "window-ended over",
        "window-ends last-second",
        "window-ends whole",
        "window-ends near",
    ];
    assert_eq!(
        found, expected,
        "the most urgent first; the caller's own window before its rules'"
    );
    assert_eq!(
        lines[1],
        json!({
            "time": json!(Timestamp::at(NOW)),
            "event": "policy-notice",
            "level": "warning",
            "kind": "window-ended",
            "caller": "over",
            "rule": format!("pin sha256:{:064x}", 4),
            "until": client_cert::rfc3339(NOW),
            "daysLeft": 0,
            "text": lines[1]["text"],
        })
    );
    let days: Vec<_> = lines
        .iter()
        .map(|line| line["daysLeft"].as_i64().unwrap())
        .collect();
    assert_eq!(days, [-40, 0, 0, 1, 29]);
    assert_eq!(lines[3]["rule"], Value::Null);
}

/// A domain of these authorities, and a policy with a rule under it.
fn under(root: &Issued, intermediates: &[&Issued]) -> (Arc<TrustDomain>, Policy) {
    let anchor = Anchor::new(&root.der()).unwrap();
    let intermediates = intermediates.iter();
    let intermediates = intermediates.map(|issued| Intermediate::new(&issued.der()).unwrap());
    let domain = TrustDomain::new(vec![anchor], intermediates.collect()).unwrap();
    let domain = Arc::new(domain.named("partners".parse().unwrap()));
    let policy = policy([named(
        "partner",
        vec![Rule::common_name("partner", &domain)],
    )]);
    (domain, policy)
}

#[test]
fn an_authority_is_named_near_its_end_after_it_and_before_its_beginning() {
    let valid = |name: &str, not_before: i64, not_after: i64| Shape {
        not_before: NOW + not_before,
        not_after: NOW + not_after,
        ..Shape::authority(name)
    };
    let root = valid("Root", -DAY, 365 * DAY).self_signed();
    let intermediates = [
        root.issue(valid("Near", -DAY, 30 * DAY - 1)),
        root.issue(valid("Far", -DAY, 30 * DAY)),
        root.issue(valid("Ended", -2 * DAY, -1)),
        root.issue(valid("Last second", -2 * DAY, 0)),
        root.issue(valid("Future", 1, 365 * DAY)),
    ];
    let (_, policy) = under(&root, &intermediates.each_ref());
    let lines = look(&mut daily(None), &policy, NOW);
    let expected = [
        "authority-ended CN=Ended",
        "authority-ends CN=Last second",
        "authority-not-yet-valid CN=Future",
        "authority-ends CN=Near",
    ];
    assert_eq!(kinds(&lines, "authority"), expected);
    assert!(
        lines.iter().all(|line| line["domain"] == "partners"),
        "{lines:?}"
    );
    let root = valid("Root", -DAY, DAY).self_signed();
    let lines = look(&mut daily(None), &under(&root, &[]).1, NOW);
    assert_eq!(kinds(&lines, "authority"), ["authority-ends CN=Root"]);
}

#[test]
fn a_revocation_list_is_named_in_the_last_tenth_of_its_time_unless_a_newer_one_is_there() {
    let root = Shape::authority("Root").self_signed();
    let list = |this_update: i64, next_update: i64| {
        let list = List {
            this_update: NOW + this_update,
            next_update: Some(NOW + next_update),
            ..List::of(&[])
        };
        Crl::parse(&list.signed_by(&root)).unwrap()
    };
    let rows: [(&str, Vec<Crl>, &[&str]); 6] = [
        ("a tenth is left", vec![list(-900, 100)], &[]),
        (
            "less is left",
            vec![list(-900, 99)],
            &["revocation-list-ends CN=Root"],
        ),
        (
            "the last second",
            vec![list(-900, 0)],
            &["revocation-list-ends CN=Root"],
        ),
        (
            "stale",
            vec![list(-900, -1)],
            &["revocation-list-stale CN=Root"],
        ),
        ("superseded", vec![list(-900, -1), list(-60, 600)], &[]),
        (
            "the newer one is not in effect",
            vec![list(-900, -1), list(60, 600)],
            &["revocation-list-stale CN=Root"],
        ),
    ];
    for (case, lists, expected) in rows {
        let (domain, policy) = under(&root, &[]);
        let (lists, unusable) = CrlSet::new(&domain, lists);
        assert!(unusable.is_empty(), "{case}");
        let revocation = DomainRevocation {
            domain,
            rule: RevocationRule {
                unknown: OnUncertain::Deny,
                stale: OnUncertain::Deny,
            },
            lists: Arc::new(lists),
        };
        let lines = look(&mut daily(None), &policy.with_revocation([revocation]), NOW);
        let of_lists: Vec<String> = kinds(&lines, "authority")
            .into_iter()
            .filter(|line| line.starts_with("revocation"))
            .collect();
        assert_eq!(of_lists, expected, "{case}");
    }
}
