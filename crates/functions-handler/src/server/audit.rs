//! One line per decision, one short line for every other request, and early warnings.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use serde::Serialize;

use client_cert::{Denial, Permit, Principal, Refusal, Rule, Thumbprint};

use crate::functions::InvocationId;

use super::clock::Timestamp;
use super::log::Log;
use super::served::Unfinished;

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
    pub(super) invocation_id: InvocationId,
    pub(super) trace_id: Option<&'a str>,
    pub(super) function: Option<&'a str>,
    pub(super) method: &'a str,
}

/// What differs between two decisions about one caller.
///
/// It is rendered for every request, so it is written piece by piece: a general serialiser takes a tenth of a request for
/// it. That needs text without anything to escape, which is so by construction: a time, GUIDs, hexadecimal digits, the
/// name of a function (letters, digits, `_`, `-`), a method (RFC 9110, section 5.6.2) and words of this program.
struct DecisionLine<'a> {
    subject: &'a Subject<'a>,
    outcome: &'static str,
    reason: &'static str,
    expires_in_days: Option<i64>,
}

/// What does not: rendered once for a caller who comes again.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AllowedFields<'a> {
    rule: String,
    #[serde(flatten)]
    certificate: CertificateFields<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_instead: Option<String>,
}

/// Why a caller was refused.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeniedFields<'a> {
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    also: Vec<&'static str>,
    #[serde(flatten)]
    certificate: Option<CertificateFields<'a>>,
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
    invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    function: Option<&'a str>,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Cow<'a, str>>,
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
struct UnfinishedLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: InvocationId,
    function: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
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
        let line = DecisionLine {
            subject,
            outcome: "allow",
            reason: "admitted",
            expires_in_days,
        };
        let fields = permit.derived(AllowedFields::render);
        self.log.write_rendered(|text| line.render(&fields, text));
        if let Some(days) = expires_in_days {
            self.warn(subject.time, principal, days);
        }
    }

    /// A caller was refused.
    pub(super) fn denied(&self, subject: &Subject<'_>, refusal: &Refusal) {
        let reason = refusal.denial().code();
        let line = DecisionLine {
            subject,
            outcome: "deny",
            reason,
            expires_in_days: None,
        };
        let fields = DeniedFields::render(refusal);
        self.log.write_rendered(|text| line.render(&fields, text));
    }

    /// A request that needed no decision. The path is told where no function was found for it.
    pub(super) fn accessed(&self, subject: &Subject<'_>, path: Option<&str>, status: StatusCode) {
        let path = path.map(|path| visible(shortened(path)));
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

    /// A body did not finish. A panic itself has been reported where it happened.
    pub(super) fn unfinished(
        &self,
        function: &str,
        invocation_id: InvocationId,
        unfinished: &Unfinished,
    ) {
        let (event, detail) = match unfinished {
            Unfinished::Panicked => ("panic", None),
            Unfinished::TimedOut => ("function-timed-out", None),
            Unfinished::Output(binding) => (
                "output-without-binding",
                Some(format!(
                    "expected an output binding of function.json and a JSON value, found {binding:?}"
                )),
            ),
            Unfinished::Failed(failed) => ("trigger-failed", Some(failed.to_string())),
        };
        self.log.write(&UnfinishedLine {
            time: Timestamp::now(),
            event,
            level: "error",
            invocation_id,
            function,
            detail,
        });
    }

    /// An envelope that cannot be read. The host alone writes envelopes, so somebody should look.
    pub(super) fn unreadable(&self, subject: &Subject<'_>, detail: &str, status: StatusCode) {
        self.log.write(&UnfinishedLine {
            time: subject.time,
            event: "envelope-unreadable",
            level: "error",
            invocation_id: subject.invocation_id,
            function: subject.function.unwrap_or_default(),
            detail: Some(detail.to_owned()),
        });
        self.accessed(subject, None, status);
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

impl DecisionLine<'_> {
    /// Writes one object: the members here, and then those of `fields`, an object that was rendered before.
    fn render(&self, fields: &str, text: &mut Vec<u8>) {
        let subject = self.subject;
        text.extend_from_slice(b"{\"time\":\"");
        subject.time.write(text);
        let mut member = |name: &str, value: &str| {
            for piece in ["\",\"", name, "\":\"", value] {
                text.extend_from_slice(piece.as_bytes());
            }
        };
        member("event", "decision");
        member("invocationId", subject.invocation_id.as_str());
        if let Some(trace_id) = subject.trace_id {
            member("traceId", trace_id);
        }
        member("function", subject.function.unwrap_or_default());
        member("method", shortened(subject.method));
        member("outcome", self.outcome);
        member("reason", self.reason);
        text.push(b'"');
        if let Some(days) = self.expires_in_days {
            text.extend_from_slice(format!(",\"expiresInDays\":{days}").as_bytes());
        }
        text.push(b',');
        text.extend_from_slice(fields.strip_prefix('{').unwrap_or(fields).as_bytes());
    }
}

impl AllowedFields<'_> {
    fn render(permit: &Permit) -> String {
        let principal = permit.principal();
        let pin_instead = match permit.rule() {
            Rule::Pin(Thumbprint::Sha1(_)) => Some(principal.sha256().to_string()),
            _ => None,
        };
        object(&AllowedFields {
            rule: permit.rule().to_string(),
            certificate: CertificateFields::new(principal),
            pin_instead,
        })
    }
}

impl DeniedFields<'_> {
    fn render(refusal: &Refusal) -> String {
        object(&DeniedFields {
            detail: bounded(refusal.denial().to_string()),
            also: refusal.also().iter().map(Denial::code).collect(),
            certificate: refusal.principal().map(CertificateFields::new),
        })
    }
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

/// Text fields alone, so rendering does not fail.
fn object(fields: &impl Serialize) -> String {
    serde_json::to_string(fields).unwrap_or_else(|_| "{}".to_owned())
}

/// A reason whose length a certificate could make as long as itself.
fn bounded(mut detail: String) -> String {
    /// Room for every reason of ours, and some identifiers.
    const LONGEST: usize = 512;
    if detail.len() > LONGEST {
        detail.truncate(detail.floor_char_boundary(LONGEST));
        detail.push('…');
    }
    detail
}

/// A path without characters that a terminal or a log viewer could act upon.
fn visible(path: &str) -> Cow<'_, str> {
    if path.is_ascii() {
        return Cow::Borrowed(path);
    }
    let escaped = path.chars().map(|c| {
        if c.is_ascii() {
            c.to_string()
        } else {
            c.escape_unicode().to_string()
        }
    });
    Cow::Owned(escaped.collect())
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
