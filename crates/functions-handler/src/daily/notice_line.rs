//! The lines of the log about notices.

use client_cert::{CallerName, PolicyVersion, rfc3339};
use serde::Serialize;

use crate::config::UnusedDays;
use crate::log::{Timestamp, shortened};

use super::notice::{Kind, Notice, SinceEvent};

/// The line about a notice. Members that do not apply are left out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NoticeLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    kind: Kind,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unused_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unused_since_event: Option<SinceEvent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_instead: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    text: String,
}

/// When the lines are written, and under which policy.
#[derive(Clone, Copy)]
pub(super) struct Context {
    pub(super) time: Timestamp,
    pub(super) policy: Option<PolicyVersion>,
    pub(super) unused_days: Option<UnusedDays>,
}

impl NoticeLine {
    /// The line about one of them.
    pub(super) fn of(notice: &Notice, context: Context) -> Self {
        let shown = |text: &Option<String>| text.as_deref().map(shortened);
        let text = shortened(&text(notice, context.unused_days));
        Self {
            time: context.time,
            event: "policy-notice",
            level: "warning",
            kind: notice.kind,
            caller: notice.caller.as_ref().map(ToString::to_string),
            rule: shown(&notice.rule),
            domain: shown(&notice.domain),
            authority: shown(&notice.authority),
            coverage: shown(&notice.coverage),
            until: notice.until.map(rfc3339),
            days_left: notice.days_left(context.time.seconds()),
            unused_since: notice.since.map(|since| rfc3339(since.instant)),
            unused_since_event: notice.since.map(|since| since.event),
            pin_instead: notice.pin_instead.map(|pin| pin.to_string()),
            more: notice.more,
            policy: context.policy.map(|version| version.to_string()),
            text,
        }
    }
}

/// What it means, and what to do.
fn text(notice: &Notice, unused_days: Option<UnusedDays>) -> String {
    let holder = holder(notice);
    let authority = notice.authority.as_deref().unwrap_or_default();
    let domain = notice.domain.as_deref().unwrap_or_default();
    let coverage = notice.coverage.as_deref().unwrap_or_default();
    let until = notice.until.map(rfc3339).unwrap_or_default();
    match notice.kind {
        Kind::WindowEnds => {
            format!(
                "{holder} counts until {until}: renew it, or see to it that another takes its place"
            )
        }
        Kind::WindowEnded => {
            format!("{holder} has not counted since {until}: renew it or remove it")
        }
        Kind::AuthorityEnds => format!(
            "the authority {authority} of {domain} ends at {until}: from then on no name counts under it; put its renewed \
             certificate beside it"
        ),
        Kind::AuthorityEnded => format!(
            "the authority {authority} of {domain} ended at {until}: no name counts under it; renew or remove its certificate"
        ),
        Kind::AuthorityNotYetValid => {
            format!(
                "the authority {authority} of {domain} is not valid before {until}: no name counts under it until then"
            )
        }
        Kind::RevocationListEnds => format!(
            "the revocation list of {authority} in {domain} ({coverage}) is stale from {until} on, and no newer one is there; get the next one"
        ),
        Kind::RevocationListStale => {
            format!(
                "the revocation list of {authority} in {domain} ({coverage}) has been stale since {until}; get the next one"
            )
        }
        Kind::Unused => unused(notice, &holder, unused_days),
        Kind::More => format!("and {} more notices", notice.more.unwrap_or_default()),
        Kind::Sha1PinUsed => {
            let pin = notice
                .pin_instead
                .map(|pin| pin.to_string())
                .unwrap_or_default();
            format!("{holder} admitted somebody by a SHA-1 thumbprint; list {pin} in its place")
        }
    }
}

/// The caller or the rule.
fn holder(notice: &Notice) -> String {
    let name = notice.caller.as_ref().map(CallerName::as_str);
    match (name, &notice.rule) {
        (Some(caller), Some(rule)) => format!("the rule {rule} of the caller {caller}"),
        (Some(caller), None) => format!("the caller {caller}"),
        (None, Some(rule)) => format!("the rule {rule}"),
        (None, None) => "the caller of the lists".to_owned(),
    }
}

fn unused(notice: &Notice, holder: &str, days: Option<UnusedDays>) -> String {
    let days = days.map_or(0, UnusedDays::days);
    let since = notice
        .since
        .map(|since| (rfc3339(since.instant), since.event));
    let (instant, event) = since.unwrap_or((String::new(), SinceEvent::Start));
    let event = match event {
        SinceEvent::Start => "this process started, and knows no earlier call",
        SinceEvent::Listed => "the policy listed it",
        SinceEvent::LastCall => "its last call",
    };
    format!(
        "{holder} has admitted nobody for {days} days or more, since {instant} ({event}); remove it if nobody needs it"
    )
}
