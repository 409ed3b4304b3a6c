//! What is named about the use of the policy.

use client_cert::{
    Caller, Decider, Decision, Forwarded, FrontEnd, HeaderLine, Policy, Requirement, Rule,
    TargetHost, Unavailable, Window,
};
use serde_json::{Value, json};
use test_support::{DAY, Issued, NOW, Shape};

use crate::daily::usage::Usage;
use crate::log::Timestamp;

use super::{daily, kinds, look, named, pin, policy};

/// Admits the holder of a certificate under a policy, at an instant.
fn admit(usage: &Usage, policy: &Policy, certificate: &Issued, now: i64) {
    let header = certificate.header();
    let forwarded = Forwarded {
        arr_client_cert: HeaderLine::Once(header.as_bytes()),
        host: TargetHost::Loopback,
        ..Forwarded::EMPTY
    };
    let now = Timestamp::at(now);
    let decider = Decider::new(policy.clone());
    match decider.decide(&Requirement::Admitted, &forwarded, now.instant()) {
        Decision::Allow(permit) => usage.of(&permit).used_at(now),
        Decision::Deny(refusal) => panic!("{:?}", refusal.denial()),
    }
}

#[test]
fn a_caller_is_unused_since_the_start_since_it_is_listed_or_since_its_last_call() {
    let certificate = Shape::caller("busy").self_signed();
    let busy = || {
        let pins = [
            Rule::pin(certificate.sha256().parse().unwrap()),
            pin(1, Window::ALWAYS),
        ];
        named("busy", pins.into())
    };
    let later = Caller {
        window: Window {
            not_before: Some(NOW + 7 * DAY),
            until: None,
        },
        ..named("later", vec![pin(2, Window::ALWAYS)])
    };
    let idle = named("idle", vec![pin(3, Window::ALWAYS), pin(4, Window::ALWAYS)]);
    let first = policy([busy(), idle.clone(), later.clone()]);
    let second = policy([
        busy(),
        idle,
        later,
        named("new", vec![pin(5, Window::ALWAYS)]),
    ]);
    let mut daily = daily(Some(3));
    let mut found = Vec::new();
    for day in 0..11 {
        let now = NOW + day * DAY;
        let policy = if day < 2 { &first } else { &second };
        if day < 6 {
            admit(&daily.usage, policy, &certificate, now);
        }
        daily.usage.keep_rules_of(policy);
        for line in look(&mut daily, policy, now) {
            assert_eq!(
                (&line["kind"], &line["rule"]),
                (&json!("unused"), &Value::Null)
            );
            let words = ["caller", "unusedSinceEvent"].map(|member| line[member].as_str().unwrap());
            found.push(format!("{day} {}", words.join(" ")));
        }
    }
    let of = |caller: &str| -> Vec<&str> {
        found
            .iter()
            .map(String::as_str)
            .filter(|line| line.contains(caller))
            .collect()
    };
    let days = |days: std::ops::Range<i64>, what: &str| -> Vec<String> {
        days.map(|day| format!("{day} {what}")).collect()
    };
    assert_eq!(of("idle"), days(3..11, "idle start"), "once a day");
    assert_eq!(of("new"), days(5..11, "new listed"));
    assert_eq!(
        of("busy"),
        days(8..11, "busy last-call"),
        "the policy was replaced meanwhile"
    );
    assert_eq!(
        of("later"),
        days(10..11, "later listed"),
        "from when it counts"
    );
}

#[test]
fn each_entry_of_the_two_lists_can_be_unused_and_without_the_setting_nobody_is() {
    let certificate = Shape::caller("busy").self_signed();
    let rules = [
        Rule::pin(certificate.sha256().parse().unwrap()),
        pin(1, Window::ALWAYS),
    ];
    let lists = policy([Caller::of_lists(rules)]);
    for (days, expected) in [(Some(1), 1), (None, 0)] {
        let mut daily = daily(days);
        assert!(look(&mut daily, &lists, NOW).is_empty());
        admit(&daily.usage, &lists, &certificate, NOW + DAY);
        let lines = look(&mut daily, &lists, NOW + DAY);
        assert_eq!(lines.len(), expected, "{lines:?}");
        for line in lines {
            assert_eq!(line["rule"], format!("pin sha256:{:064x}", 1));
            assert_eq!(line["unusedSince"], client_cert::rfc3339(NOW));
        }
    }
}

#[test]
fn a_policy_that_cannot_be_had_for_a_while_says_nothing_about_usage() {
    let certificate = Shape::caller("busy").self_signed();
    let busy = policy([named(
        "busy",
        vec![Rule::pin(certificate.sha256().parse().unwrap())],
    )]);
    let mut daily = daily(Some(2));
    let unavailable = Policy::unavailable(FrontEnd::Development, Unavailable::TooOld);
    admit(&daily.usage, &busy, &certificate, NOW);
    for (policy, now) in [(&busy, NOW), (&unavailable, NOW + DAY)] {
        daily.usage.keep_rules_of(policy);
        assert!(look(&mut daily, policy, now).is_empty());
    }
    let lines = look(&mut daily, &busy, NOW + 2 * DAY);
    assert_eq!(kinds(&lines, "unusedSinceEvent"), ["unused last-call"]);
}

#[test]
fn rules_that_the_policy_no_longer_has_are_forgotten() {
    let [one, two] = ["one", "two"].map(|name| Shape::caller(name).self_signed());
    let rule = |certificate: &Issued| Rule::pin(certificate.sha1().parse().unwrap());
    let both = policy([
        named("one", vec![rule(&one)]),
        named("two", vec![rule(&two)]),
    ]);
    let mut daily = daily(None);
    for certificate in [&one, &two] {
        admit(&daily.usage, &both, certificate, NOW);
    }
    assert_eq!(look(&mut daily, &both, NOW).len(), 2);
    let changed = policy([named("one", vec![rule(&two)])]);
    daily.usage.keep_rules_of(&changed);
    assert!(daily.usage.last_use().values().all(Vec::is_empty));
}
