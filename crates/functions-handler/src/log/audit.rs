//! What the log says about requests: one line for each, with what was decided and what came of it, and early warnings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use client_cert::{Decision, Permit, PolicyVersion, Principal, Refusal, Thumbprint};

use crate::daily::{Usage, UsedRule};

use crate::functions::UpstreamAnswer;

use super::access_line::AccessLine;
use super::answered::Answered;
use super::caller_text::CallerText;
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

/// The line of one request: written once, when its status is known, or without a status if it never will be, because the
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
    pub(crate) fn new(log: Log) -> Self {
        Self {
            shared: Arc::new(Shared {
                log,
                usage: Arc::default(),
                reported: Mutex::default(),
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

    fn record(&self, subject: Subject, outcome: Outcome) -> Record {
        Record {
            audit: self.clone(),
            subject,
            outcome,
            answered: Answered::default(),
        }
    }

    fn write(&self, subject: &Subject, outcome: &Outcome, answered: Answered) {
        match outcome {
            Outcome::Admitted(permit, rule) => {
                let line = DecisionLine::admitted(subject, permit, rule.text(), answered);
                self.shared.log.write(&line);
                if let Some(days) = line.expires_in_days {
                    self.warn(subject.time, permit.principal(), days);
                }
            }
            Outcome::Refused(refusal) => {
                let line = DecisionLine::refused(subject, refusal, answered);
                self.shared.log.write(&line);
            }
            Outcome::Undecided { path } => {
                self.shared
                    .log
                    .write(&AccessLine::new(subject, path.as_ref(), answered))
            }
        }
    }

    /// Once per certificate and day.
    fn warn(&self, time: Timestamp, principal: &Principal, days: i64) {
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
