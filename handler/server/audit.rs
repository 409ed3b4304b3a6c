//! One line per decision, one short line for every other request, and early warnings.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use serde::Serialize;

use crate::auth::{Denial, Permit, Principal, Refusal, Rule, Thumbprint};

use super::clock::Timestamp;
use super::log::Log;

/// From how many days before its end an admitted certificate is reported. Time enough for a renewal by hand.
const EARLY_DAYS: i64 = 30;

/// How many certificates are remembered as reported today; beyond it, some are reported again.
const MAX_REPORTED: usize = 1024;

/// Writes what happened to requests.
#[derive(Clone, Debug)]
pub(super) struct Audit {
    log: Log,
    reported: Arc<Mutex<HashMap<Thumbprint, i64>>>,
}

/// What identifies a request in the log. Path and method are the caller's text, shown escaped and cut.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) time: Timestamp,
    pub(super) invocation_id: &'a str,
    pub(super) trace_id: Option<&'a str>,
    pub(super) function: Option<&'a str>,
    pub(super) method: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DecisionLine<'a> {
    time: Timestamp,
    event: &'static str,
    invocation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    function: Option<&'a str>,
    method: &'a str,
    outcome: &'static str,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(flatten)]
    certificate: Option<CertificateFields<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_instead: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateFields<'a> {
    thumbprint: &'a str,
    subject: &'a str,
    serial: &'a str,
    not_after: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessLine<'a> {
    time: Timestamp,
    event: &'static str,
    invocation_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    function: Option<&'a str>,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    status: u16,
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PanicLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: &'a str,
    function: &'a str,
}

impl<'a> CertificateFields<'a> {
    fn new(principal: &'a Principal) -> Self {
        Self {
            thumbprint: principal.sha256_hex(),
            subject: principal.subject(),
            serial: principal.serial(),
            not_after: principal.not_after(),
        }
    }
}

impl Audit {
    pub(super) fn new(log: Log) -> Self {
        Self {
            log,
            reported: Arc::default(),
        }
    }

    /// A caller was admitted.
    pub(super) fn allowed(&self, subject: &Subject<'_>, permit: &Permit) {
        let principal = permit.principal();
        let days = principal.validity().days_left(subject.time.instant());
        let expires_in_days = (days < EARLY_DAYS).then_some(days);
        let pin_instead = match permit.rule() {
            Rule::Pin(Thumbprint::Sha1(_)) => Some(principal.sha256().to_string()),
            Rule::Pin(Thumbprint::Sha256(_)) | Rule::CommonName { .. } => None,
        };
        self.log.write(&DecisionLine {
            outcome: "allow",
            reason: "admitted",
            rule: Some(permit.rule().to_string()),
            certificate: Some(CertificateFields::new(principal)),
            expires_in_days,
            pin_instead,
            ..DecisionLine::of(subject)
        });
        if let Some(days) = expires_in_days {
            self.warn(subject.time, principal, days);
        }
    }

    /// A caller was refused.
    pub(super) fn denied(&self, subject: &Subject<'_>, refusal: &Refusal) {
        self.log.write(&DecisionLine {
            outcome: "deny",
            reason: refusal.denial().code(),
            detail: Some(refusal.denial().to_string()),
            also: refusal.also().iter().map(Denial::code).collect(),
            certificate: refusal.principal().map(CertificateFields::new),
            ..DecisionLine::of(subject)
        });
    }

    /// A request that needed no decision. The path is told where no function was found for it.
    pub(super) fn accessed(&self, subject: &Subject<'_>, path: Option<&str>, status: StatusCode) {
        let path = path.map(shortened);
        self.log.write(&AccessLine {
            time: subject.time,
            event: "access",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id,
            function: subject.function,
            method: shortened(subject.method),
            path,
            status: status.as_u16(),
        });
    }

    /// A body panicked. The panic itself has been reported where it happened.
    pub(super) fn panicked(&self, function: &str, invocation_id: &str) {
        self.log.write(&PanicLine {
            time: Timestamp::now(),
            event: "panic",
            level: "error",
            invocation_id,
            function,
        });
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
    fn of(subject: &Subject<'a>) -> Self {
        Self {
            time: subject.time,
            event: "decision",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id,
            function: subject.function,
            method: shortened(subject.method),
            outcome: "deny",
            reason: "",
            detail: None,
            also: Vec::new(),
            rule: None,
            certificate: None,
            expires_in_days: None,
            pin_instead: None,
        }
    }
}

/// The start of a caller's text: enough to recognise it, too little to fill a log.
fn shortened(text: &str) -> &str {
    /// A usual line of a terminal.
    const LONGEST: usize = 120;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}
