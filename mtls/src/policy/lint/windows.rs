//! Rules and callers whose time is over, or is over soon.

use client_cert::{EXPIRY_WARNING_DAYS, rfc3339};
use policy_source::{Text, kind};

use super::{Kind, Subject, Warnings};

/// Finds them by their `until`. One that begins later is planned ahead, and no warning.
pub(super) fn find(subject: &Subject<'_>, warnings: &mut Warnings) {
    for caller in &subject.opened.document.callers {
        judge(subject, "caller", caller.until.as_ref(), warnings);
        for rule in &caller.any {
            judge(subject, "rule", rule.until.as_ref(), warnings);
        }
    }
}

fn judge(
    subject: &Subject<'_>,
    what: &str,
    until: Option<&Text<kind::Instant>>,
    warnings: &mut Warnings,
) {
    const DAY: i64 = 86_400;
    let Some(until) = until else {
        return;
    };
    let now = i64::try_from(subject.now.as_secs()).unwrap_or(i64::MAX);
    let end = rfc3339(until.value);
    let text = if until.value <= now {
        format!("the {what} has not counted since {end}; remove it")
    } else if until.value.saturating_sub(now) < EXPIRY_WARNING_DAYS.saturating_mul(DAY) {
        format!("the {what} counts until {end}; see to what takes its place, or move the end")
    } else {
        return;
    };
    warnings.push(Kind::Window, || subject.locator.problem(until.place, text));
}
