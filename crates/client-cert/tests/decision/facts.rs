//! What a decision says beside itself: under which policy, and about whom.

use client_cert::{
    Caller, Decider, Decision, DomainRevocation, FrontEnd, Policy, PolicyVersion, Principal, Rule,
    rfc3339,
};
use std::sync::Arc;
use test_support::{DAY, Issued, NOW, Shape};

use super::revocation::STRICT;
use super::table::*;

fn policy(admitted: &Issued) -> Policy {
    let version = PolicyVersion::of([&b"document"[..]]);
    pinned(admitted).policy().with_version(version)
}

/// Whom a decision is about and under which policy it was made; the first is absent where no certificate was read.
fn facts(decision: &Decision) -> (Option<&Principal>, Option<PolicyVersion>) {
    match decision {
        Decision::Allow(permit) => (Some(permit.principal()), permit.policy()),
        Decision::Deny(refusal) => (refusal.principal(), refusal.policy()),
    }
}

#[test]
fn a_decision_names_the_certificate_and_the_policy() {
    let [admitted, stranger] =
        ["partner", "stranger"].map(|name| Shape::caller(name).self_signed());
    let policy = policy(&admitted);
    let version = policy.version();
    assert_eq!(version, Some(PolicyVersion::of([&b"document"[..]])));
    let decider = Decider::new(policy);
    for (name, issued) in [("partner", &admitted), ("stranger", &stranger)] {
        let decision = decide_value(&decider, &issued.header(), NOW);
        let (principal, policy) = facts(&decision);
        let principal = principal.unwrap();
        assert_eq!(policy, version, "{name}");
        assert_eq!(principal.subject(), format!("CN={name}"));
        assert_eq!(principal.common_name(), Some(name));
        assert_eq!(principal.sha256_hex(), issued.sha256());
        assert_eq!(principal.sha256().hex(), issued.sha256());
        assert_eq!(principal.sha1().hex(), issued.sha1());
        let serial = test_support::hex(&issued.serial());
        assert_eq!(
            principal
                .serial()
                .trim_start_matches('0')
                .to_ascii_lowercase(),
            serial.trim_start_matches('0')
        );
        assert_eq!(principal.not_after(), rfc3339(NOW + 365 * DAY));
    }
    let decision = decide_value(&decider, "", NOW);
    assert_eq!(facts(&decision), (None, version));
}

/// What one part of a policy is exchanged for leaves the others as they are.
#[test]
#[rustfmt::skip]
fn a_policy_is_changed_in_one_part() {
    let root = Shape::authority("Root").self_signed();
    let partner = root.issue(Shape::caller("partner"));
    let domain = domain(&[&root], &[]);
    let caller = Caller::of_lists([Rule::common_name("partner", &domain)]);
    let policy = Policy::new(FrontEnd::Undeclared, Default::default(), [caller]).unwrap();
    let ask = |policy: &Policy| text(&decide_value(&Decider::new(policy.clone()), &partner.header(), NOW));
    let local = policy.with_front_end(FrontEnd::Development);
    let revocation = DomainRevocation { domain: Arc::clone(&domain), rule: STRICT, lists: Arc::default() };
    let looked_up = local.clone().with_revocation([revocation]);
    assert_eq!((local.revocation().len(), looked_up.revocation().len()), (0, 1));
    assert_eq!(looked_up.with_front_end(FrontEnd::AppService).front_end(), FrontEnd::AppService);
    assert_rows([
        ("as it was", ask(&policy), "deny: front-end-undeclared"),
        ("another front end", ask(&local), "allow: name partner"),
        ("back again", ask(&local.with_front_end(FrontEnd::Undeclared)), "deny: front-end-undeclared"),
        ("revocation", ask(&looked_up), "deny: revocation-unknown"),
        ("revocation, and no other domain's", ask(&looked_up.clone().with_revocation([])), "allow: name partner"),
        ("a version", ask(&looked_up.with_version(PolicyVersion::of([]))), "deny: revocation-unknown"),
    ]);
}
