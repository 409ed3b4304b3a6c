//! What the log says about requests: one line for each, with what was decided and what came of it, and early warnings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, StatusCode};
use serde::{Serialize, Serializer};

use client_cert::{
    CallerName, Decision, Denial, EXPIRY_WARNING_DAYS, Permit, PolicyVersion, Principal, Refusal,
    Thumbprint,
};

use crate::functions::{InvocationId, TraceParent};

use super::tried::TriedLine;
use super::{CallerText, Log, Timestamp, invocation_id};

/// How many certificates are remembered as reported today; beyond it, some are reported again.
const MAX_REPORTED: usize = 1024;

/// The longest text about a refusal, in bytes: room for every reason and some identifiers. A certificate could make it as
/// long as itself.
const MAX_DETAIL_BYTES: usize = 512;

/// Writes what happened to requests.
#[derive(Clone, Debug)]
pub(crate) struct Audit {
    log: Log,
    reported: Arc<Mutex<HashMap<Thumbprint, i64>>>,
}

/// What identifies a request in the log.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) time: Timestamp,
    pub(crate) invocation_id: InvocationId,
    pub(crate) trace_id: Option<String>,
    pub(crate) function: Option<Arc<str>>,
    pub(crate) method: CallerText,
}

impl Subject {
    /// A request that has just arrived, by its head.
    pub(crate) fn new(method: &str, headers: &HeaderMap) -> Self {
        Self {
            time: Timestamp::now(),
            invocation_id: invocation_id(headers),
            trace_id: TraceParent::from_headers(headers).map(|trace| trace.trace_id().to_owned()),
            function: None,
            method: CallerText::new(method),
        }
    }

    /// The same request, for this function.
    pub(crate) fn of(&self, function: &Arc<str>) -> Self {
        Self {
            function: Some(Arc::clone(function)),
            ..self.clone()
        }
    }
}

/// What is known about a request when its line is due.
enum Outcome {
    /// The caller was admitted.
    Admitted(Permit),
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
    status: Option<StatusCode>,
}

impl Record {
    /// Writes the line with the status of the answer.
    pub(crate) fn finish(mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.audit.write(&self.subject, &self.outcome, self.status);
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DecisionLine<'a> {
    time: Timestamp,
    event: &'static str,
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    function: Option<&'a str>,
    method: &'a CallerText,
    outcome: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thumbprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_instead: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessLine<'a> {
    time: Timestamp,
    event: &'static str,
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    function: Option<&'a str>,
    method: &'a CallerText,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a CallerText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExpiryLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    thumbprint: &'a str,
    subject: &'a str,
    not_after: &'a str,
    expires_in_days: i64,
}

/// A call that failed, with the event that names how.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FailureLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: InvocationId,
    function: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl<'a> FailureLine<'a> {
    pub(crate) fn new(subject: &'a Subject, event: &'static str, detail: Option<String>) -> Self {
        Self {
            time: Timestamp::now(),
            event,
            level: "error",
            invocation_id: subject.invocation_id,
            function: subject.function.as_deref(),
            detail,
        }
    }
}

/// The text of a rule, which is rendered once for a caller who comes again.
struct RuleText(Arc<String>);

impl Serialize for RuleText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Audit {
    pub(crate) fn new(log: Log) -> Self {
        Self {
            log,
            reported: Arc::default(),
        }
    }

    /// A caller was admitted; what comes of it is written when it is known.
    pub(crate) fn admitted(&self, subject: Subject, permit: &Permit) -> Record {
        self.record(subject, Outcome::Admitted(permit.clone()))
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
            self.log.write(&line);
        }
    }

    /// A call failed.
    pub(crate) fn failed(&self, line: &FailureLine<'_>) {
        self.log.write(line);
    }

    fn record(&self, subject: Subject, outcome: Outcome) -> Record {
        Record {
            audit: self.clone(),
            subject,
            outcome,
            status: None,
        }
    }

    fn write(&self, subject: &Subject, outcome: &Outcome, status: Option<StatusCode>) {
        match outcome {
            Outcome::Admitted(permit) => {
                let line = DecisionLine::admitted(subject, permit, status);
                self.log.write(&line);
                if let Some(days) = line.expires_in_days {
                    self.warn(subject.time, permit.principal(), days);
                }
            }
            Outcome::Refused(refusal) => {
                let line = DecisionLine::refused(subject, refusal, status);
                self.log.write(&line);
            }
            Outcome::Undecided { path } => self.log.write(&AccessLine {
                time: subject.time,
                event: "access",
                invocation_id: subject.invocation_id,
                trace_id: subject.trace_id.as_deref(),
                function: subject.function.as_deref(),
                method: &subject.method,
                path: path.as_ref(),
                status: status.map(|status| status.as_u16()),
            }),
        }
    }

    /// Once per certificate and day.
    fn warn(&self, time: Timestamp, principal: &Principal, days: i64) {
        {
            let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
            if reported.get(&principal.sha256()) == Some(&days) {
                return;
            }
            if reported.len() >= MAX_REPORTED {
                reported.clear();
            }
            reported.insert(principal.sha256(), days);
        }
        self.log.write(&ExpiryLine {
            time,
            event: "caller-certificate-expires",
            level: "warning",
            thumbprint: principal.sha256_hex(),
            subject: principal.subject(),
            not_after: principal.not_after(),
            expires_in_days: days,
        });
    }
}

impl<'a> DecisionLine<'a> {
    fn new(
        subject: &'a Subject,
        outcome: &'static str,
        reason: &'static str,
        status: Option<StatusCode>,
    ) -> Self {
        Self {
            time: subject.time,
            event: "decision",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id.as_deref(),
            function: subject.function.as_deref(),
            method: &subject.method,
            outcome,
            reason,
            status: status.map(|status| status.as_u16()),
            expires_in_days: None,
            caller: None,
            rule: None,
            detail: None,
            also: Vec::new(),
            thumbprint: None,
            subject: None,
            serial: None,
            not_after: None,
            pin_instead: None,
        }
    }

    fn admitted(subject: &'a Subject, permit: &'a Permit, status: Option<StatusCode>) -> Self {
        let principal = permit.principal();
        let days = principal.validity().days_left(subject.time.instant());
        let rule = permit.derived(|permit| permit.rule().to_string());
        let weak_pin = permit.rule().weak_pin();
        let pin_instead = weak_pin.map(|_| principal.sha256().to_string());
        Self {
            expires_in_days: (days < EXPIRY_WARNING_DAYS).then_some(days),
            caller: permit.caller().map(CallerName::as_str),
            rule: Some(RuleText(rule)),
            pin_instead,
            ..Self::new(subject, "allow", "admitted", status).of(Some(principal))
        }
    }

    fn refused(subject: &'a Subject, refusal: &'a Refusal, status: Option<StatusCode>) -> Self {
        let reason = refusal.denial().code();
        Self {
            detail: Some(bounded(refusal.denial().to_string())),
            also: refusal.also().iter().map(Denial::code).collect(),
            ..Self::new(subject, "deny", reason, status).of(refusal.principal())
        }
    }

    fn of(self, principal: Option<&'a Principal>) -> Self {
        Self {
            thumbprint: principal.map(Principal::sha256_hex),
            subject: principal.map(Principal::subject),
            serial: principal.map(Principal::serial),
            not_after: principal.map(Principal::not_after),
            ..self
        }
    }
}

fn bounded(mut detail: String) -> String {
    if detail.len() > MAX_DETAIL_BYTES {
        detail.truncate(detail.floor_char_boundary(MAX_DETAIL_BYTES));
        detail.push('…');
    }
    detail
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// A request whose every text is hostile.
    fn subject(function: &str, method: &str) -> Subject {
        let function: Arc<str> = function.into();
        Subject::new(method, &HeaderMap::new()).of(&function)
    }

    /// What a reader of the log reads.
    fn read(line: &impl Serialize) -> Value {
        let text = serde_json::to_string(line).unwrap();
        assert!(!text.contains(['\n', '\r']), "one line: {text:?}");
        serde_json::from_str(&text).unwrap()
    }

    /// Text with what ends lines and strings, and what terminals act upon.
    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[\"\\\\\\r\\n\\x00-\\x1f\\x7f{}:,\u{202e}\u{2028}a]{0,200}",
        ]
    }

    proptest! {
        #[test]
        fn every_line_reads_back_as_what_was_written(
            function in hostile(),
            method in hostile(),
            path in hostile(),
            holder in hostile(),
            detail in hostile(),
        ) {
            let subject = subject(&function, &method);
            let shown = serde_json::to_value(CallerText::new(&method)).unwrap();
            let line = DecisionLine {
                subject: Some(&holder),
                detail: Some(detail.clone()),
                ..DecisionLine::new(&subject, "deny", "not-listed", Some(StatusCode::UNAUTHORIZED))
            };
            let value = read(&line);
            prop_assert_eq!(value["function"].as_str(), Some(function.as_str()));
            prop_assert_eq!(value["subject"].as_str(), Some(holder.as_str()));
            prop_assert_eq!(value["detail"].as_str(), Some(detail.as_str()));
            prop_assert_eq!(&value["method"], &shown);
            prop_assert_eq!(value["outcome"].as_str(), Some("deny"));
            prop_assert_eq!(value["status"].as_u64(), Some(401));

            let path = CallerText::new(&path);
            let value = read(&AccessLine {
                time: subject.time,
                event: "access",
                invocation_id: subject.invocation_id,
                trace_id: None,
                function: subject.function.as_deref(),
                method: &subject.method,
                path: Some(&path),
                status: None,
            });
            prop_assert_eq!(&value["path"], &serde_json::to_value(&path).unwrap());
            prop_assert!(shown.as_str().unwrap().chars().all(|c| c == ' ' || c.is_ascii_graphic()));

            let value = read(&FailureLine::new(&subject, "panic", Some(detail.clone())));
            prop_assert_eq!(value["detail"].as_str(), Some(detail.as_str()));
        }
    }
}
