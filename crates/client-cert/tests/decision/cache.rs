//! The cache: what is kept changes no decision.

use client_cert::{
    Caller, Decider, Fitness, Forwarded, FrontEnd, HeaderLine, Policy, Requirement, Rule,
    TargetHost,
};
use test_support::{DAY, Issued, NOW, Shape};

use super::table::*;

#[test]
#[rustfmt::skip]
fn what_is_kept_lives_as_long_as_every_certificate_on_the_path() {
    let root = Shape {
        not_after: NOW + 3 * DAY,
        ..Shape::authority("Root")
    }
    .self_signed();
    let intermediate = root.issue(Shape {
        not_after: NOW + 2 * DAY,
        ..Shape::authority("Intermediate")
    });
    let partner = intermediate.issue(Shape::caller("partner"));
    let direct = root.issue(Shape::caller("partner"));
    let decider = named("partner", &[&root], &[&intermediate]).decider();
    let ask = |caller: &Issued, now| text(&decide_value(&decider, &caller.header(), now));
    assert_rows([
        ("admitted", ask(&partner, NOW), "allow: name partner"),
        ("admitted, directly", ask(&direct, NOW), "allow: name partner"),
        ("before they were valid", ask(&partner, NOW - 2 * DAY), "deny: certificate-not-yet-valid"),
        ("again", ask(&partner, NOW + 2 * DAY), "allow: name partner"),
        ("the intermediate has expired", ask(&partner, NOW + 2 * DAY + 1), "deny: path-unverified"),
        ("which does not concern a direct path", ask(&direct, NOW + 2 * DAY + 1), "allow: name partner"),
        ("the anchor has expired", ask(&direct, NOW + 3 * DAY + 1), "deny: path-unverified"),
    ]);
}

#[test]
fn what_is_kept_belongs_to_one_policy_and_its_front_end() {
    let caller = Shape::caller("caller").self_signed();
    let first = Lists {
        front_end: FrontEnd::AppService,
        ..pinned(&caller)
    }
    .decider();
    let value = caller.header();
    let ask = |decider: &Decider, proto| {
        let certificate = HeaderLine::Once(value.as_bytes());
        text(&decide(
            decider,
            &Requirement::Admitted,
            &Forwarded {
                arr_client_cert: certificate,
                proto,
                host: TargetHost::Loopback,
                ..Forwarded::EMPTY
            },
            at(NOW),
        ))
    };
    assert_eq!(ask(&first, HeaderLine::Once(b"https")), "allow: pin sha256");
    assert_eq!(ask(&first, HeaderLine::Once(b"http")), "deny: not-over-tls");
    let second = nobody().decider();
    assert_eq!(ask(&second, HeaderLine::Absent), "deny: policy-empty");
}

#[test]
fn a_caller_who_is_kept_is_refused_once_a_rule_of_another_admits_too() {
    let later = Shape {
        not_before: NOW + DAY,
        ..Shape::authority("Authority")
    };
    let authority = later.self_signed();
    let partner = authority.issue(Shape::caller("partner"));
    let pin = Rule::pin(partner.sha256().parse().unwrap());
    let name = Rule::common_name("partner", &domain(&[&authority], &[]));
    let callers = [("alpha", pin), ("beta", name)].map(|(name, rule)| Caller {
        name: Some(name.parse().unwrap()),
        rules: vec![rule],
        ..Caller::default()
    });
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), callers);
    let decider = Decider::new(policy.unwrap());
    let ask = |now| text(&decide_value(&decider, &partner.header(), now));
    assert_rows([
        (
            "the other's authority is not valid yet",
            ask(NOW),
            "allow alpha: pin sha256",
        ),
        ("it is", ask(NOW + DAY), "deny: several-callers"),
    ]);
}
