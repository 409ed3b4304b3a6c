//! The handler's own lines about requests, brought to the requests by their invocation id.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;

/// What the handler decided, in its own words; untrusted text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Decision {
    /// `allow` or `deny`; absent for a public function.
    pub(crate) outcome: Option<String>,
    /// The reason code; `admitted` where the call was not refused, of which the line has no reason.
    pub(crate) reason: Option<String>,
    /// The rule that matched.
    pub(crate) rule: Option<String>,
    /// The SHA-256 thumbprint of the certificate.
    pub(crate) thumbprint: Option<String>,
    /// The subject of the certificate of a caller who is refused.
    pub(crate) subject: Option<String>,
}

/// The invocations whose decision is waited for; no more than there are requests under way.
#[derive(Clone, Default)]
pub(crate) struct Decisions(Arc<Mutex<HashMap<String, oneshot::Sender<Decision>>>>);

/// A decision that is waited for. Dropping it ends the waiting.
pub(crate) struct PendingDecision {
    invocation: String,
    decisions: Decisions,
    decision: oneshot::Receiver<Decision>,
}

impl Decisions {
    /// Waits for the decision about an invocation.
    pub(crate) fn expect(&self, invocation: &str) -> PendingDecision {
        let (sender, decision) = oneshot::channel();
        self.waiting().insert(invocation.to_owned(), sender);
        PendingDecision {
            invocation: invocation.to_owned(),
            decisions: self.clone(),
            decision,
        }
    }

    /// Takes a line of the handler; false where it is about nothing that is waited for.
    pub(crate) fn offer(&self, line: &Value) -> bool {
        let event = line.get("event").and_then(Value::as_str);
        if !matches!(event, Some("decision" | "access")) {
            return false;
        }
        let invocation = line.get("invocationId").and_then(Value::as_str);
        let waiting = invocation.and_then(|id| self.waiting().remove(id));
        waiting.is_some_and(|sender| sender.send(Decision::of(line)).is_ok())
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<Decision>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Decision {
    fn of(line: &Value) -> Self {
        let text = |name| {
            line.get(name)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned)
        };
        let outcome = text("outcome");
        let is_admitted = outcome.as_deref() == Some("allow");
        Self {
            outcome,
            reason: text("reason").or_else(|| is_admitted.then(|| "admitted".to_owned())),
            rule: text("rule"),
            thumbprint: text("thumbprint"),
            subject: text("subject"),
        }
    }
}

impl PendingDecision {
    /// The decision, if it comes in time.
    pub(crate) async fn within(mut self, wait: Duration) -> Option<Decision> {
        tokio::time::timeout(wait, &mut self.decision)
            .await
            .ok()?
            .ok()
    }
}

impl Drop for PendingDecision {
    fn drop(&mut self) {
        self.decisions.waiting().remove(&self.invocation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const WAIT: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn a_decision_finds_its_request_once() {
        let decisions = Decisions::default();
        let pending = decisions.expect("one");
        let line = json!({"event": "decision", "invocationId": "one", "outcome": "deny", "reason": "absent"});
        assert!(!decisions.offer(&json!({"event": "decision", "invocationId": "two"})));
        assert!(!decisions.offer(&json!({"event": "start", "invocationId": "one"})));
        assert!(decisions.offer(&line));
        assert!(!decisions.offer(&line));
        let decision = pending.within(WAIT).await.unwrap();
        assert_eq!(decision.outcome.as_deref(), Some("deny"));
        assert_eq!(decision.reason.as_deref(), Some("absent"));
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_kept() {
        let decisions = Decisions::default();
        drop(decisions.expect("one"));
        assert_eq!(decisions.expect("two").within(Duration::ZERO).await, None);
        assert!(decisions.waiting().is_empty());
    }
}
