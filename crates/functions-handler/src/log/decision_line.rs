//! The line about a decision, with what came of the call.

use serde::{Serialize, Serializer};

use client_cert::{
    CallerName, Denial, EXPIRY_WARNING_DAYS, Permit, PolicyVersion, Principal, Refusal, Revocation,
    RoleName,
};

use crate::functions::InvocationId;

use super::answered::Answered;
use super::caller_text::CallerText;
use super::clock::Timestamp;
use super::subject::Subject;

/// The longest text about a refusal, in bytes: room for every reason and some identifiers. A certificate could make it as
/// long as itself.
const MAX_DETAIL_BYTES: usize = 512;

/// The line about a decision. Members that do not apply are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DecisionLine<'a> {
    pub(super) time: Timestamp,
    pub(super) event: &'static str,
    pub(super) invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trace_id: Option<&'a str>,
    pub(super) function: Option<&'a str>,
    pub(super) method: &'a CallerText,
    pub(super) outcome: &'static str,
    pub(super) reason: &'static str,
    #[serde(flatten)]
    pub(super) answered: Answered,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expires_in_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caller: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<&'a str>,
    #[serde(
        skip_serializing_if = "<[RoleName]>::is_empty",
        serialize_with = "texts"
    )]
    pub(super) roles: &'a [RoleName],
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text")]
    pub(super) policy: Option<PolicyVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revocation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) also: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thumbprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) serial: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pin_instead: Option<String>,
}

fn texts<S: Serializer>(roles: &&[RoleName], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(roles.iter().map(RoleName::as_str))
}

fn text<S: Serializer>(version: &Option<PolicyVersion>, serializer: S) -> Result<S::Ok, S::Error> {
    match version {
        Some(version) => serializer.collect_str(version),
        None => serializer.serialize_none(),
    }
}

impl<'a> DecisionLine<'a> {
    pub(super) fn new(
        subject: &'a Subject,
        outcome: &'static str,
        reason: &'static str,
        answered: Answered,
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
            answered,
            expires_in_days: None,
            caller: None,
            rule: None,
            roles: &[],
            policy: None,
            revocation: None,
            detail: None,
            also: Vec::new(),
            thumbprint: None,
            subject: None,
            serial: None,
            not_after: None,
            pin_instead: None,
        }
    }

    pub(super) fn admitted(
        subject: &'a Subject,
        permit: &'a Permit,
        rule: &'a str,
        answered: Answered,
    ) -> Self {
        let principal = permit.principal();
        let days = principal.validity().days_left(subject.time.instant());
        let weak_pin = permit.rule().weak_pin();
        let pin_instead = weak_pin.map(|_| principal.sha256().to_string());
        Self {
            expires_in_days: (days < EXPIRY_WARNING_DAYS).then_some(days),
            caller: permit.caller().map(CallerName::as_str),
            rule: Some(rule),
            roles: permit.roles(),
            policy: permit.policy(),
            revocation: Some(permit.revocation().as_str()),
            pin_instead,
            ..Self::new(subject, "allow", "admitted", answered).of(Some(principal))
        }
    }

    pub(super) fn refused(subject: &'a Subject, refusal: &'a Refusal, answered: Answered) -> Self {
        let reason = refusal.denial().code();
        Self {
            policy: refusal.policy(),
            revocation: refusal.denial().revocation().map(Revocation::as_str),
            detail: Some(bounded(refusal.denial().to_string())),
            also: refusal.also().iter().map(Denial::code).collect(),
            ..Self::new(subject, "deny", reason, answered).of(refusal.principal())
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
