//! When a rule counts: its own window and its caller's.

use client_cert::{Caller, Condition, Decider, FrontEnd, Policy, Rule, RuleError, Window};
use test_support::{NOW, Shape};

use crate::table::{assert_rows, decide_value, domain, text};

const ALWAYS: Window = Window::ALWAYS;

fn between(not_before: Option<i64>, until: Option<i64>) -> Window {
    Window { not_before, until }
}

#[test]
#[rustfmt::skip]
fn a_rule_counts_from_its_first_second_until_its_end() {
    let partner = Shape::caller("partner").self_signed();
    let ask = |of_caller: Window, of_rule: Window, now: i64| {
        let pin = Condition::Thumbprint(partner.sha256().parse().unwrap());
        let caller = Caller {
            window: of_caller,
            rules: vec![Rule::new(vec![pin], None, of_rule).unwrap()],
            ..Caller::default()
        };
        let policy = Policy::new(FrontEnd::Development, Default::default(), [caller]).unwrap();
        text(&decide_value(&Decider::new(policy), &partner.header(), now))
    };
    let admitted = "allow: pin sha256";
    let until = between(None, Some(NOW));
    let from = between(Some(NOW), None);
    assert_rows([
        ("always", ask(ALWAYS, ALWAYS, NOW), admitted),
        ("its last second", ask(ALWAYS, until, NOW - 1), admitted),
        ("its end", ask(ALWAYS, until, NOW), "deny: rule-ended"),
        ("before its beginning", ask(ALWAYS, from, NOW - 1), "deny: rule-not-yet-in-force"),
        ("its first second", ask(ALWAYS, from, NOW), admitted),
        ("the end of the caller", ask(until, ALWAYS, NOW), "deny: rule-ended"),
        ("before the caller's beginning", ask(from, ALWAYS, NOW - 1), "deny: rule-not-yet-in-force"),
        ("both open", ask(from, between(None, Some(NOW + 1)), NOW), admitted),
        ("the rule ends when the caller begins", ask(from, until, NOW), "deny: rule-ended"),
    ]);
}

/// A rotation that is planned ahead: the old certificate until an instant, the new one from it.
#[test]
#[rustfmt::skip]
fn what_is_kept_of_a_caller_ends_with_the_rule() {
    let old = Shape::caller("partner").self_signed();
    let new = Shape::caller("partner").self_signed();
    let rule = |certificate: &test_support::Issued, window| {
        let pin = Condition::Thumbprint(certificate.sha256().parse().unwrap());
        Rule::new(vec![pin], None, window).unwrap()
    };
    let rules = [rule(&old, between(None, Some(NOW))), rule(&new, between(Some(NOW), None))];
    let policy = Policy::new(FrontEnd::Development, Default::default(), [Caller::of_lists(rules)]).unwrap();
    let decider = Decider::new(policy);
    let ask = |certificate: &test_support::Issued, now| text(&decide_value(&decider, &certificate.header(), now));
    assert_rows([
        ("the old one before", ask(&old, NOW - 1), "allow: pin sha256"),
        ("the new one before", ask(&new, NOW - 1), "deny: rule-not-yet-in-force"),
        ("the old one after", ask(&old, NOW), "deny: rule-ended"),
        ("the new one after", ask(&new, NOW), "allow: pin sha256"),
    ]);
}

/// Two callers whose time does not overlap may hand a certificate over.
#[test]
#[rustfmt::skip]
fn a_certificate_can_pass_from_one_caller_to_the_next() {
    let partner = Shape::caller("partner").self_signed();
    let caller = |name: &str, window| Caller {
        name: Some(name.parse().unwrap()),
        window,
        rules: vec![Rule::pin(partner.sha256().parse().unwrap())],
        ..Caller::default()
    };
    let ask = |alpha_until: i64, now: i64| {
        let callers = [caller("alpha", between(None, Some(alpha_until))), caller("beta", between(Some(NOW), None))];
        let decider = Decider::new(Policy::new(FrontEnd::Development, Default::default(), callers).unwrap());
        text(&decide_value(&decider, &partner.header(), now))
    };
    assert_rows([
        ("the first", ask(NOW, NOW - 1), "allow alpha: pin sha256"),
        ("the second", ask(NOW, NOW), "allow beta: pin sha256"),
        ("both at once", ask(NOW + 1, NOW), "deny: several-callers"),
    ]);
}

#[test]
#[rustfmt::skip]
fn conditions_that_make_no_rule_are_refused() {
    let authority = Shape::authority("Authority").self_signed();
    let domain = domain(&[&authority], &[]);
    let name = || vec![Condition::CommonName("partner".to_owned())];
    let pin = || vec![Condition::Thumbprint("00".repeat(32).parse().unwrap())];
    let error = |conditions, domain, window| Rule::new(conditions, domain, window).err();
    assert_eq!(error(vec![], Some(domain.clone()), ALWAYS), Some(RuleError::NoCondition));
    assert!(matches!(error(name(), None, ALWAYS), Some(RuleError::NoDomain { .. })));
    assert!(matches!(error([pin(), name()].concat(), None, ALWAYS), Some(RuleError::NoDomain { .. })));
    assert_eq!(error(pin(), None, between(Some(2), Some(2))), Some(RuleError::EmptyWindow));
    assert_eq!(error(name(), Some(domain.clone()), ALWAYS), None);
    assert_eq!(error(pin(), Some(domain), ALWAYS), None);
    assert_eq!(error(pin(), None, between(Some(1), Some(2))), None);
}
