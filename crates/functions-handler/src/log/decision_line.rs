//! The line about a decision, with what came of the call.

use std::net::IpAddr;

use serde::{Serialize, Serializer};

use client_cert::{
    CallerName, Denial, Permit, PolicyVersion, Principal, Refusal, Revocation, RoleName,
};

use crate::functions::InvocationId;

use super::answered::Answered;
use super::caller_text::CallerText;
use super::clock::Timestamp;
use super::shortened::cut;
use super::subject::Subject;

/// The longest text about a refusal, in bytes: room for every reason and some identifiers. A certificate could make it as
/// long as itself.
const MAX_DETAIL_BYTES: usize = 512;

/// How many roles of a caller are listed; more are counted. A policy document gives a caller as many as it likes.
const MAX_ROLES: usize = 8;

/// The line about a decision. Members that do not apply are left out, and what follows from another member is not there.
///
/// The Functions host passes each line on twice, as the message and as its template, without the operation that it belongs to:
/// the ids are what links it to the rest of the telemetry, and each byte is paid for twice.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DecisionLine<'a> {
    pub(super) time: Timestamp,
    pub(super) event: &'static str,
    pub(super) invocation_id: InvocationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) function: Option<&'a str>,
    pub(super) method: &'a CallerText,
    pub(super) outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) also: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caller: Option<&'a str>,
    #[serde(
        skip_serializing_if = "<[RoleName]>::is_empty",
        serialize_with = "texts"
    )]
    pub(super) roles: &'a [RoleName],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) more_roles: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thumbprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_after: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) serial: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text")]
    pub(super) policy: Option<PolicyVersion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revocation: Option<&'static str>,
    #[serde(flatten)]
    pub(super) answered: Answered,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<IpAddr>,
}

fn texts<S: Serializer>(roles: &&[RoleName], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(roles.iter().map(RoleName::as_str))
}

/// The version as text.
pub(super) fn text<S: Serializer>(
    version: &Option<PolicyVersion>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match version {
        Some(version) => serializer.collect_str(version),
        None => serializer.serialize_none(),
    }
}

/// What is known of revocation, unless it was not looked up.
pub(super) fn looked_up(revocation: Revocation) -> Option<&'static str> {
    (revocation != Revocation::NotConfigured).then(|| revocation.as_str())
}

impl<'a> DecisionLine<'a> {
    pub(super) fn new(subject: &'a Subject, outcome: &'static str, answered: Answered) -> Self {
        Self {
            time: subject.time,
            event: "decision",
            invocation_id: subject.invocation_id,
            trace_id: subject.trace_id.as_deref(),
            function: subject.function.as_deref(),
            method: &subject.method,
            outcome,
            reason: None,
            detail: None,
            also: Vec::new(),
            caller: None,
            roles: &[],
            more_roles: None,
            rule: None,
            thumbprint: None,
            not_after: None,
            subject: None,
            serial: None,
            policy: None,
            revocation: None,
            answered,
            address: subject.address,
        }
    }

    /// `rule` is the text of the rule that admitted the caller.
    pub(super) fn admitted(
        subject: &'a Subject,
        permit: &'a Permit,
        rule: &'a str,
        answered: Answered,
    ) -> Self {
        let principal = permit.principal();
        let (roles, more) = permit.roles().split_at(permit.roles().len().min(MAX_ROLES));
        Self {
            caller: permit.caller().map(CallerName::as_str),
            roles,
            more_roles: (!more.is_empty()).then_some(more.len()),
            rule: Some(rule),
            thumbprint: Some(principal.sha256_hex()),
            not_after: Some(principal.not_after()),
            policy: permit.policy(),
            revocation: looked_up(permit.revocation()),
            ..Self::new(subject, "allow", answered)
        }
    }

    pub(super) fn refused(subject: &'a Subject, refusal: &'a Refusal, answered: Answered) -> Self {
        let denial = refusal.denial();
        let principal = refusal.principal();
        Self {
            reason: Some(denial.code()),
            detail: Some(cut(denial.to_string(), MAX_DETAIL_BYTES)),
            also: refusal.also().iter().map(Denial::code).collect(),
            thumbprint: principal.map(Principal::sha256_hex),
            not_after: principal.map(Principal::not_after),
            subject: principal.map(Principal::subject),
            serial: principal.map(Principal::serial),
            policy: refusal.policy(),
            revocation: denial.revocation().and_then(looked_up),
            ..Self::new(subject, "deny", answered)
        }
    }
}
