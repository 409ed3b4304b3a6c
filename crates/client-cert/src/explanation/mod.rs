//! The explanation: an evaluation laid out check by check, with what was expected and what was found.

mod layout;

use std::sync::Arc;

use rustls_pki_types::UnixTime;

use crate::decider::authorize;
use crate::decision::{Decision, Refusal, Requirement};
use crate::denial::Denial;
use crate::evaluation::evaluate;
use crate::forwarded::Forwarded;
use crate::policy::Policy;
use crate::reading::Reading;

use layout::Layout;

/// A decision and the checks that it consists of.
///
/// For people and tools, never for requests: it makes text for every check. It holds no header value.
#[derive(Debug)]
pub struct Explanation {
    decision: Decision,
    steps: Vec<Step>,
}

impl Explanation {
    /// What [`Decider::decide`](crate::Decider::decide) decides about the same request.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// The checks in order, including those after the first that fails, as far as there is something to look at.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The check for which the caller was refused; none for a caller who was admitted.
    pub fn first_failure(&self) -> Option<&Step> {
        let fails = |step: &&Step| step.denial.is_some() && step.stage != Stage::IfPinned;
        match self.decision {
            Decision::Allow(_) => None,
            Decision::Deny(_) => self.steps.iter().find(fails),
        }
    }
}

/// One check.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its stable name, such as `validity`.
    pub name: &'static str,
    /// What it belongs to.
    pub stage: Stage,
    /// What would pass.
    pub expected: String,
    /// What was found, whether it passes or not. Text that comes from a certificate is escaped.
    pub found: String,
    /// Why it fails; `None` if it passes.
    pub denial: Option<Denial>,
}

/// What a check belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Stage {
    /// The way from the request to a certificate that some rule lists.
    Request,
    /// What a rule requires that lists the certificate itself.
    Pin,
    /// What a rule requires that lists a name of the certificate.
    Name,
    /// What a pin would require, if no rule lists the certificate. Nothing is decided by it.
    IfPinned,
    /// Whether one caller's rules admit the certificate; only there if several callers' do.
    Caller,
    /// What the function requires beyond admission.
    Role,
}

/// Decides as [`Decider::decide`](crate::Decider::decide) does, and lays out the checks.
///
/// The certificate is read and evaluated once: the decision and the steps both come from that.
pub fn explain(
    policy: &Policy,
    requirement: &Requirement,
    forwarded: &Forwarded<'_>,
    now: UnixTime,
) -> Explanation {
    let reading = Reading::new(policy, forwarded);
    let certificate = reading.certificate();
    let evaluation = certificate
        .as_ref()
        .map(|certificate| evaluate(policy, certificate, now));
    let vouched = reading.vouched_value().map_err(Refusal::from);
    let admitted = vouched.and_then(|_| match &evaluation {
        Ok(evaluation) => evaluation.conclude(),
        Err(denial) => Err(Refusal::from(Denial::clone(denial))),
    });
    let mut layout = Layout::new(policy, now);
    layout.request(forwarded, &reading, &certificate);
    if let Ok(evaluation) = &evaluation {
        layout.rules(evaluation);
    }
    layout.role(requirement, evaluation.as_ref().ok());
    let authorized = admitted
        .and_then(|admitted| authorize(Arc::new(admitted), requirement))
        .map_err(|refusal| refusal.under(policy.version()));
    Explanation {
        decision: authorized.map_or_else(Decision::Deny, Decision::Allow),
        steps: layout.steps,
    }
}
