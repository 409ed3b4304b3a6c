//! What the tables are made of: policies by their difference from the usual one, and outcomes as text.

use std::sync::Arc;
use std::time::Duration;

use client_cert::{
    Anchor, Caller, Condition, Decider, Decision, Explanation, Fitness, Forwarded, FrontEnd,
    HeaderLine, Intermediate, Policy, Requirement, Rule, Stage, TargetHost, TrustDomain, explain,
};
use rustls_pki_types::UnixTime;
use test_support::Issued;

/// The two flat lists and what goes with them.
#[derive(Clone)]
pub(crate) struct Lists {
    pub(crate) front_end: FrontEnd,
    pub(crate) fitness: Fitness,
    pub(crate) rules: Vec<Rule>,
}

impl Lists {
    pub(crate) fn policy(self) -> Policy {
        let callers = [Caller::of_lists(self.rules)];
        Policy::new(self.front_end, self.fitness, callers).unwrap()
    }

    pub(crate) fn decider(self) -> Decider {
        Decider::new(self.policy())
    }

    /// With the entries of other lists beside its own.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.rules.extend(other.rules);
        self
    }
}

/// The lists of an app on a developer's machine, without an entry.
pub(crate) fn nobody() -> Lists {
    Lists {
        front_end: FrontEnd::Development,
        fitness: Fitness::default(),
        rules: Vec::new(),
    }
}

pub(crate) fn pinned_by(thumbprint: &str) -> Lists {
    Lists {
        rules: vec![Rule::pin(thumbprint.parse().unwrap())],
        ..nobody()
    }
}

pub(crate) fn pinned(caller: &Issued) -> Lists {
    pinned_by(&caller.sha256())
}

pub(crate) fn domain(anchors: &[&Issued], intermediates: &[&Issued]) -> Arc<TrustDomain> {
    let anchors = anchors.iter().map(|anchor| Anchor::new(&anchor.der()));
    let intermediates = intermediates
        .iter()
        .map(|intermediate| Intermediate::new(&intermediate.der()));
    let domain = TrustDomain::new(
        anchors.map(Result::unwrap).collect(),
        intermediates.map(Result::unwrap).collect(),
    );
    Arc::new(domain.unwrap())
}

pub(crate) fn named(name: &str, anchors: &[&Issued], intermediates: &[&Issued]) -> Lists {
    Lists {
        rules: vec![Rule::common_name(name, &domain(anchors, intermediates))],
        ..nobody()
    }
}

pub(crate) fn at(seconds: i64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(seconds).unwrap()))
}

/// A decision as a row has it: `allow: <rule>`, `allow <caller>: <rule>`, or `deny: <reason code>`.
pub(crate) fn text(decision: &Decision) -> String {
    let permit = match decision {
        Decision::Allow(permit) => permit,
        Decision::Deny(refusal) => return format!("deny: {}", refusal.denial().code()),
    };
    let conditions = permit
        .rule()
        .conditions()
        .iter()
        .map(|condition| match condition {
            Condition::Thumbprint(pin) => format!("pin {}", pin.algorithm()),
            Condition::CommonName(name) => format!("name {name}"),
            other => other.to_string(),
        });
    let rule = conditions.collect::<Vec<_>>().join(" and ");
    match permit.caller() {
        Some(caller) => format!("allow {caller}: {rule}"),
        None => format!("allow: {rule}"),
    }
}

/// The decision. Each is asked for twice, because what is kept must not change it, and explained, because an explanation
/// must agree with it.
pub(crate) fn decide(
    decider: &Decider,
    requirement: &Requirement,
    forwarded: &Forwarded<'_>,
    now: UnixTime,
) -> Decision {
    let decision = decider.decide(requirement, forwarded, now);
    let again = decider.decide(requirement, forwarded, now);
    assert_eq!(text(&decision), text(&again), "asked twice");
    let explanation = explain(decider.policy(), requirement, forwarded, now);
    let first = explanation
        .first_failure()
        .and_then(|step| step.denial.as_ref());
    let denial = match &decision {
        Decision::Allow(_) => None,
        Decision::Deny(refusal) => Some(refusal.denial()),
    };
    assert_eq!(first, denial, "{:#?}", explanation.steps());
    assert_eq!(text(explanation.decision()), text(&decision));
    assert_eq!(steps_admit(&explanation), denial.is_none());
    decision
}

/// Whether the steps by themselves, without the decision, amount to an admission.
fn steps_admit(explanation: &Explanation) -> bool {
    let passes = |stage| {
        let steps = explanation.steps().iter();
        let mut steps = steps.filter(|step| step.stage == stage).peekable();
        steps.peek()?;
        Some(steps.all(|step| step.denial.is_none()))
    };
    passes(Stage::Request) == Some(true)
        && (passes(Stage::Pin) == Some(true) || passes(Stage::Name) == Some(true))
        && passes(Stage::Caller).is_none_or(|passed| passed)
        && passes(Stage::Role).is_none_or(|passed| passed)
}

pub(crate) fn decide_value(decider: &Decider, value: &str, now: i64) -> Decision {
    decide_line(decider, HeaderLine::Once(value.as_bytes()), now)
}

pub(crate) fn decide_line(decider: &Decider, certificate: HeaderLine<'_>, now: i64) -> Decision {
    let forwarded = Forwarded {
        arr_client_cert: certificate,
        host: TargetHost::Loopback,
        ..Forwarded::EMPTY
    };
    decide(decider, &Requirement::Admitted, &forwarded, at(now))
}

/// The outcome for one certificate.
pub(crate) fn outcome(lists: Lists, caller: &Issued, now: i64) -> String {
    text(&decide_value(&lists.decider(), &caller.header(), now))
}

/// The outcome for a certificate that listed by its SHA-256.
pub(crate) fn outcome_pinned(caller: &Issued, now: i64) -> String {
    outcome(pinned(caller), caller, now)
}

/// Compares situations, what was decided and what is expected, and shows every row that differs.
#[track_caller]
pub(crate) fn assert_rows<const N: usize>(rows: [(&str, String, &str); N]) {
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(_, decided, expected)| decided != expected)
        .collect();
    assert!(wrong.is_empty(), "situation, decided, expected: {wrong:#?}");
}
