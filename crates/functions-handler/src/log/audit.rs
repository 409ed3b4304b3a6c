//! What the log says about requests: one line for each, with what was decided and what came of it, and early warnings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use client_cert::{
    Decision, EXPIRY_WARNING_DAYS, Permit, PolicyVersion, Principal, Refusal, Thumbprint,
};

use crate::config::AuditScope;
use crate::daily::{Usage, UsedRule};
use crate::functions::UpstreamAnswer;

use super::access_line::AccessLine;
use super::answered::Answered;
use super::caller_text::CallerText;
use super::calls::{Calls, Counted};
use super::clock::Timestamp;
use super::decision_line::DecisionLine;
use super::expiry_line::ExpiryLine;
use super::failure_line::FailureLine;
use super::subject::Subject;
use super::tried::TriedLine;
use super::writer::Log;

/// How many certificates are remembered as reported today; beyond it, some are reported again.
const MAX_REPORTED: usize = 1024;

/// Writes what happened to requests.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    log: Log,
    usage: Arc<Usage>,
    reported: Mutex<HashMap<Thumbprint, i64>>,
    /// What is counted, where calls that are not refused have no line of their own.
    calls: Option<Calls>,
}

/// What is known about a request when its line is due.
enum Outcome {
    /// The caller was admitted by this rule.
    Admitted(Permit, Arc<UsedRule>),
    /// The caller was refused.
    Refused(Box<Refusal>),
    /// No decision was needed. The path is shown where no function was found for it.
    Undecided { path: Option<CallerText> },
}

/// The line of one request: written, or counted, once, when its status is known, or without a status if it never will be, because the
/// caller went away.
pub(crate) struct Record {
    audit: Audit,
    subject: Subject,
    outcome: Outcome,
    answered: Answered,
}

impl Record {
    /// Writes the line with the status of the answer.
    pub(crate) fn finish(mut self, status: StatusCode) {
        self.answered.status(status);
    }

    /// The line says what a server behind a fallback answered.
    pub(crate) fn upstream(&mut self, upstream: &UpstreamAnswer) {
        self.answered.upstream(upstream);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.audit
            .write(&self.subject, &self.outcome, self.answered);
    }
}

impl Audit {
    pub(crate) fn new(log: Log, scope: AuditScope) -> Self {
        let calls = match scope {
            AuditScope::All => None,
            AuditScope::Refusals => Some(Calls::default()),
        };
        Self {
            shared: Arc::new(Shared {
                log,
                usage: Arc::default(),
                reported: Mutex::default(),
                calls,
            }),
        }
    }

    /// When the rules of the policy were last used.
    pub(crate) fn usage(&self) -> &Arc<Usage> {
        &self.shared.usage
    }

    /// A caller was admitted; what comes of it is written when it is known.
    pub(crate) fn admitted(&self, subject: Subject, permit: &Permit) -> Record {
        let rule = permit.derived(|permit| self.shared.usage.of(permit));
        rule.used_at(subject.time);
        self.record(subject, Outcome::Admitted(permit.clone(), rule))
    }

    /// A caller was refused.
    pub(crate) fn refused(&self, subject: Subject, refusal: Refusal) -> Record {
        self.record(subject, Outcome::Refused(Box::new(refusal)))
    }

    /// A request that needs no decision.
    pub(crate) fn undecided(&self, subject: Subject) -> Record {
        self.record(subject, Outcome::Undecided { path: None })
    }

    /// A request for which no function was found.
    pub(crate) fn not_found(&self, subject: Subject, path: &str) -> Record {
        let path = Some(CallerText::new(path));
        self.record(subject, Outcome::Undecided { path })
    }

    /// What a policy that decides nothing yet would decide. Written where it differs.
    pub(crate) fn tried(
        &self,
        subject: &Subject,
        decision: &Decision,
        tried: &Decision,
        version: Option<PolicyVersion>,
    ) {
        if let Some(line) = TriedLine::new(subject, decision, tried, version) {
            self.shared.log.write(&line);
        }
    }

    /// A call failed.
    pub(crate) fn failed(&self, line: &FailureLine<'_>) {
        self.shared.log.write(line);
    }

    /// Whether calls are counted that are not refused.
    pub(super) fn counts(&self) -> bool {
        self.shared.calls.is_some()
    }

    /// Writes how many calls were counted since the last time. Then all that was counted before has been written.
    pub(crate) fn sum_up(&self, clock: impl FnOnce() -> Timestamp) {
        if let Some(calls) = &self.shared.calls {
            calls.sum_up(|counted| self.summary(counted, clock()));
        }
    }

    fn summary(&self, counted: &Counted, now: Timestamp) {
        for line in counted.lines(now) {
            self.shared.log.write(&line);
        }
    }

    fn record(&self, subject: Subject, outcome: Outcome) -> Record {
        Record {
            audit: self.clone(),
            subject,
            outcome,
            answered: Answered::default(),
        }
    }

    fn write(&self, subject: &Subject, outcome: &Outcome, answered: Answered) {
        let Shared { log, calls, .. } = &*self.shared;
        match (outcome, calls) {
            (Outcome::Admitted(permit, rule), calls) => {
                match calls {
                    None => {
                        let line = DecisionLine::admitted(subject, permit, rule.shown(), answered);
                        log.write(&line);
                    }
                    Some(calls) => {
                        if calls.admitted(subject, permit, rule, answered) {
                            self.sum_up(Timestamp::now);
                        }
                    }
                }
                self.warn(subject.time, permit.principal());
            }
            (Outcome::Refused(refusal), _) => {
                log.write(&DecisionLine::refused(subject, refusal, answered));
            }
            (Outcome::Undecided { path: None }, Some(calls)) => calls.undecided(subject, answered),
            (Outcome::Undecided { path }, _) => {
                log.write(&AccessLine::new(subject, path.as_ref(), answered));
            }
        }
    }

    /// Names a certificate that ends soon, once per certificate and day.
    fn warn(&self, time: Timestamp, principal: &Principal) {
        let days = principal.validity().days_left(time.instant());
        if days >= EXPIRY_WARNING_DAYS {
            return;
        }
        {
            let mut reported = self
                .shared
                .reported
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if reported.get(&principal.sha256()) == Some(&days) {
                return;
            }
            if reported.len() >= MAX_REPORTED {
                reported.clear();
            }
            reported.insert(principal.sha256(), days);
        }
        self.shared
            .log
            .write(&ExpiryLine::new(time, principal, days));
    }
}
