//! Callers: alternatives within one, and never two at once; roles.

use client_cert::{
    Caller, Decider, Decision, Denial, Fitness, Forwarded, FrontEnd, HeaderLine, Permit, Policy,
    Requirement, RoleName, Rule, TargetHost, Unavailable,
};
use test_support::{Issued, NOW, Shape};

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
        arr_client_cert: certificate,
        host: TargetHost::Loopback,
        ..Forwarded::EMPTY
    };
    let requirement = Requirement::AnyRole(role_names(&["auditor"]));
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

/// A caller with a name.
fn caller(name: &str, roles: &[&str], rules: Vec<Rule>) -> Caller {
    Caller {
        name: Some(name.parse().unwrap()),
        roles: role_names(roles),
        rules,
        ..Caller::default()
    }
}

fn role_names(roles: &[&str]) -> Vec<RoleName> {
    roles.iter().map(|role| role.parse().unwrap()).collect()
}

fn pin(thumbprint: &str) -> Rule {
    Rule::pin(thumbprint.parse().unwrap())
}

fn decider(callers: impl IntoIterator<Item = Caller>) -> Decider {
    let policy = Policy::new(FrontEnd::Development, Fitness::default(), callers);
    Decider::new(policy.unwrap())
}

#[test]
#[rustfmt::skip]
fn a_certificate_belongs_to_one_caller_or_to_none() {
    let first = Shape::authority("First").self_signed();
    let second = Shape::authority("Second").self_signed();
    let [of_first, of_second] = [&first, &second].map(|authority| domain(&[authority], &[]));
    let partner = first.issue(Shape::caller("partner"));
    let unfit = first.issue(Shape { basic_constraints: Some(true), ..Shape::caller("partner") });
    let ask = |callers: Vec<Caller>, certificate: &Issued| {
        text(&decide_value(&decider(callers), &certificate.header(), NOW))
    };
    let alpha = |rules| caller("alpha", &[], rules);
    let beta = |rules| caller("beta", &[], rules);
    let named_alpha = || alpha(vec![Rule::common_name("partner", &of_first)]);
    assert_rows([
        ("by name", ask(vec![named_alpha(), beta(vec![])], &partner), "allow alpha: name partner"),
        ("by pin", ask(vec![named_alpha(), beta(vec![pin(&Shape::caller("x").self_signed().sha256())])], &partner), "allow alpha: name partner"),
        ("several rules of one caller", ask(vec![alpha(vec![Rule::common_name("partner", &of_first), pin(&partner.sha1()), pin(&partner.sha256())])], &partner), "allow alpha: pin sha256"),
        ("SHA-1 before a name", ask(vec![alpha(vec![Rule::common_name("partner", &of_first), pin(&partner.sha1())])], &partner), "allow alpha: pin sha1"),
        ("a name and a pin of two callers", ask(vec![named_alpha(), beta(vec![pin(&partner.sha256())])], &partner), "deny: several-callers"),
        ("two pins of two callers", ask(vec![alpha(vec![pin(&partner.sha1())]), beta(vec![pin(&partner.sha256())])], &partner), "deny: several-callers"),
        ("one name in one domain, for two callers", ask(vec![named_alpha(), beta(vec![Rule::common_name("partner", &of_first)])], &partner), "deny: several-callers"),
        ("one name in two domains", ask(vec![named_alpha(), beta(vec![Rule::common_name("partner", &of_second)])], &partner), "allow alpha: name partner"),
        ("the name in another's domain alone", ask(vec![beta(vec![Rule::common_name("partner", &of_second)])], &partner), "deny: path-unverified"),
        ("one of two callers' rules does not admit", ask(vec![named_alpha(), beta(vec![pin(&unfit.sha256())])], &unfit), "allow beta: pin sha256"),
        ("a caller beside the lists", ask(vec![Caller::of_lists([pin(&partner.sha256())]), named_alpha()], &partner), "deny: several-callers"),
        ("no caller at all", ask(vec![], &partner), "deny: policy-empty"),
        ("callers without rules", ask(vec![alpha(vec![]), beta(vec![])], &partner), "deny: policy-empty"),
    ]);
}

#[test]
fn a_refusal_for_several_callers_names_them_in_the_order_of_the_policy() {
    let partner = Shape::caller("partner").self_signed();
    let callers = [
        caller("zeta", &[], vec![pin(&partner.sha1())]),
        Caller::of_lists([pin(&partner.sha256())]),
        caller("alpha", &[], vec![pin(&partner.sha256())]),
        caller("other", &[], vec![]),
    ];
    let decision = decide_value(&decider(callers), &partner.header(), NOW);
    let Decision::Deny(refusal) = decision else {
        panic!("admitted");
    };
    let reason = refusal.denial().to_string();
    assert!(
        reason.ends_with(": zeta, the caller without a name, alpha"),
        "{reason}"
    );
    assert!(!refusal.denial().is_forbidden());
}

#[test]
fn two_callers_have_two_names() {
    let repeated = |callers: [Caller; 2]| {
        let policy = Policy::new(FrontEnd::Development, Fitness::default(), callers);
        policy.unwrap_err().to_string()
    };
    let alpha = || caller("alpha", &[], vec![]);
    assert_eq!(
        repeated([alpha(), alpha()]),
        "expected each caller once, found two named alpha"
    );
    assert_eq!(
        repeated([Caller::default(), Caller::default()]),
        "expected one caller without a name at most, found two"
    );
}

#[test]
#[rustfmt::skip]
fn a_function_admits_callers_with_any_of_its_roles() {
    let partner = Shape::caller("partner").self_signed();
    let stranger = Shape::caller("stranger").self_signed();
    let ask = |roles: &[&str], required: &[&str], certificate: &Issued| {
        let decider = decider([caller("alpha", roles, vec![pin(&partner.sha256())])]);
        let required = role_names(required);
        let value = certificate.header();
        let certificate = HeaderLine::Once(value.as_bytes());
        let forwarded = Forwarded { arr_client_cert: certificate, host: TargetHost::Loopback, ..Forwarded::EMPTY };
        text(&decide(&decider, &Requirement::AnyRole(required), &forwarded, at(NOW)))
    };
    assert_rows([
        ("the role", ask(&["auditor"], &["auditor"], &partner), "allow alpha: pin sha256"),
        ("one of two", ask(&["auditor"], &["clerk", "auditor"], &partner), "allow alpha: pin sha256"),
        ("one of the caller's two", ask(&["clerk", "auditor"], &["auditor"], &partner), "allow alpha: pin sha256"),
        ("another", ask(&["clerk"], &["auditor"], &partner), "deny: role-missing"),
        ("another case", ask(&["Auditor"], &["auditor"], &partner), "deny: role-missing"),
        ("none", ask(&[], &["auditor"], &partner), "deny: role-missing"),
        ("a stranger", ask(&["auditor"], &["auditor"], &stranger), "deny: not-listed"),
    ]);
}

#[test]
fn a_permit_says_who_was_admitted_and_keeps_what_was_derived() {
    let partner = Shape::caller("partner").self_signed();
    let rules = vec![pin(&partner.sha256())];
    let decider = decider([caller("alpha", &["auditor"], rules)]);
    let permit = || match decide_value(&decider, &partner.header(), NOW) {
        Decision::Allow(permit) => permit,
        Decision::Deny(refusal) => panic!("{}", refusal.denial()),
    };
    assert_eq!(permit().caller().unwrap().as_str(), "alpha");
    assert_eq!(permit().roles(), role_names(&["auditor"]));
    assert_eq!(permit().principal().common_name(), Some("partner"));
    let name = |permit: &Permit| permit.principal().subject().to_owned();
    let first = permit().derived(name);
    assert_eq!(*first, "CN=partner");
    assert_eq!(*permit().derived(|_| String::new()), "CN=partner", "kept");
    for count in [1, 2] {
        let kept = (
            *permit().derived(|_| count),
            *permit().derived(|_| Some(count)),
            *permit().derived(|_| [count]),
            *permit().derived(|_| (count,)),
        );
        assert_eq!(
            kept,
            (1, Some(1), [1], (count,)),
            "four types, a text first"
        );
    }
}

/// What stands for a policy that cannot be had refuses everybody, and says why.
#[test]
fn a_policy_that_cannot_be_had_admits_nobody() {
    let partner = Shape::caller("partner").self_signed();
    let there = pinned(&partner).policy();
    assert_eq!(
        (there.is_available(), there.why_unavailable()),
        (true, None)
    );
    for why in [
        Unavailable::NotFetched,
        Unavailable::NotLoaded,
        Unavailable::TooOld,
    ] {
        let policy = Policy::unavailable(FrontEnd::Development, why);
        assert_eq!(
            (policy.is_available(), policy.why_unavailable()),
            (false, Some(why))
        );
        let decision = decide_value(&Decider::new(policy), &partner.header(), NOW);
        let Decision::Deny(refusal) = decision else {
            panic!("admitted");
        };
        assert_eq!(refusal.denial(), &Denial::PolicyUnavailable(why));
    }
}
