//! Admissions, as the decider makes them.

use client_cert::{
    Caller, CallerName, Condition, Decider, Decision, Fitness, Forwarded, FrontEnd, HeaderLine,
    Permit, Policy, PolicyVersion, Requirement, RoleName, Rule, Window,
};

use crate::log::Timestamp;

/// A caller of a policy, by the certificate in this header value.
pub(super) fn permit(name: Option<&str>, roles: &[String], rule: Rule, header: &str) -> Permit {
    let caller = Caller {
        name: name.map(|name| name.parse::<CallerName>().unwrap()),
        roles: roles
            .iter()
            .map(|role| role.parse::<RoleName>().unwrap())
            .collect(),
        rules: vec![rule],
        window: Window::ALWAYS,
    };
    let policy = Policy::new(FrontEnd::AppService, Fitness::default(), [caller]).unwrap();
    let policy = policy.with_version(PolicyVersion::of([&b"1"[..]]));
    let forwarded = Forwarded {
        arr_client_cert: HeaderLine::Once(header.as_bytes()),
        proto: HeaderLine::Once(b"https"),
        ..Forwarded::EMPTY
    };
    let now = Timestamp::now().instant();
    match Decider::new(policy).decide(&Requirement::Admitted, &forwarded, now) {
        Decision::Allow(permit) => permit,
        Decision::Deny(refusal) => panic!("{}", refusal.denial()),
    }
}

/// A rule that lists a certificate by its thumbprint.
pub(super) fn pin(thumbprint: &str) -> Rule {
    let pin = Condition::Thumbprint(thumbprint.parse().unwrap());
    Rule::new(vec![pin], None, Window::ALWAYS).unwrap()
}
