//! What is to be named at an instant: a pure function of the policy and of its usage.

use client_cert::{
    Caller, Crl, DomainRevocation, EXPIRY_WARNING_DAYS, Policy, TrustDomain, Validity, Window,
};

use crate::config::UnusedDays;
use crate::log::Timestamp;

use super::listed::{Holder, Listed};
use super::notice::{DAY_SECONDS, Kind, Notice, Since, SinceEvent};
use super::usage::LastUse;

/// Which part of the time from thisUpdate to nextUpdate is left when a revocation list is named: a tenth. Authorities publish
/// the next list well before; lists live for an hour or for a year, so that no number of days suits all.
const LIST_WARNING_FRACTION: i64 = 10;

/// What is known beside the policy.
pub(super) struct Known<'a> {
    pub(super) last_use: &'a LastUse,
    pub(super) listed: &'a Listed,
    /// `None`: unused callers are not named.
    pub(super) unused_days: Option<UnusedDays>,
}

/// Everything that is to be named, the most urgent first; each at most once.
pub(super) fn due(policy: &Policy, known: &Known<'_>, now: Timestamp) -> Vec<Notice> {
    let mut notices: Vec<Notice> = policy
        .callers()
        .flat_map(|caller| windows(caller, now.seconds()))
        .chain(
            policy
                .domains()
                .iter()
                .flat_map(|domain| authorities(domain, now)),
        )
        .chain(
            policy
                .revocation()
                .iter()
                .flat_map(|found| lists(found, now)),
        )
        .chain(sha1_pins(known.last_use, now.seconds()))
        .collect();
    if let Some(days) = known.unused_days {
        let callers = policy.callers();
        notices.extend(callers.flat_map(|caller| unused(caller, known, days, now)));
    }
    notices.sort_by_key(|notice| notice.until.unwrap_or(i64::MAX));
    notices
}

/// The windows of a caller and of its rules that end soon or have ended.
fn windows(caller: &Caller, now: i64) -> Vec<Notice> {
    let of_caller = window(caller.window, now).map(|notice| Notice {
        caller: caller.name.clone(),
        ..notice
    });
    if let Some(notice) = of_caller {
        return vec![notice];
    }
    let rules = caller.rules.iter().filter_map(|rule| {
        let notice = window(rule.window(), now)?;
        Some(Notice {
            caller: caller.name.clone(),
            rule: Some(rule.to_string()),
            ..notice
        })
    });
    rules.collect()
}

fn window(window: Window, now: i64) -> Option<Notice> {
    let until = window.until?;
    let is_near = until.saturating_sub(now) < EXPIRY_WARNING_DAYS.saturating_mul(DAY_SECONDS);
    let kind = match until <= now {
        true => Kind::WindowEnded,
        false => Kind::WindowEnds,
    };
    is_near.then(|| Notice {
        until: Some(until),
        ..Notice::new(kind)
    })
}

/// The authorities of a domain that are not valid, or soon will not be: each takes its callers along.
fn authorities(domain: &TrustDomain, now: Timestamp) -> Vec<Notice> {
    let anchors = domain.anchors().iter();
    let anchors = anchors.map(|anchor| (anchor.subject(), anchor.validity()));
    let intermediates = domain.intermediates().iter();
    let intermediates = intermediates.map(|authority| (authority.subject(), authority.validity()));
    let notices = anchors
        .chain(intermediates)
        .filter_map(|(subject, validity)| {
            let (kind, until) = authority(validity, now)?;
            Some(Notice {
                domain: Some(domain.label()),
                authority: Some(subject.to_string()),
                until: Some(until),
                ..Notice::new(kind)
            })
        });
    notices.collect()
}

fn authority(validity: Validity, now: Timestamp) -> Option<(Kind, i64)> {
    let Validity {
        not_before,
        not_after,
    } = validity;
    if not_after < now.seconds() {
        Some((Kind::AuthorityEnded, not_after))
    } else if now.seconds() < not_before {
        Some((Kind::AuthorityNotYetValid, not_before))
    } else {
        let ends_soon = validity.ends_soon(now.instant());
        ends_soon.then_some((Kind::AuthorityEnds, not_after))
    }
}

/// The lists of a domain that are stale, or soon will be, and that no newer one supersedes.
fn lists(revocation: &DomainRevocation, now: Timestamp) -> Vec<Notice> {
    let lists = revocation.lists.newest(now.instant());
    let notices = lists.filter_map(|crl| {
        Some(Notice {
            domain: Some(revocation.domain.label()),
            authority: Some(crl.issuer().to_string()),
            coverage: Some(crl.coverage()),
            until: Some(crl.next_update()),
            ..Notice::new(list(crl, now.seconds())?)
        })
    });
    notices.collect()
}

fn list(crl: &Crl, now: i64) -> Option<Kind> {
    let left = crl.next_update().saturating_sub(now);
    let lifetime = crl.next_update().saturating_sub(crl.this_update());
    if left < 0 {
        Some(Kind::RevocationListStale)
    } else {
        (left.saturating_mul(LIST_WARNING_FRACTION) < lifetime).then_some(Kind::RevocationListEnds)
    }
}

/// SHA-1 thumbprints that admitted somebody within a day.
fn sha1_pins(last_use: &LastUse, now: i64) -> impl Iterator<Item = Notice> {
    let rules = last_use
        .iter()
        .flat_map(|(caller, rules)| rules.iter().map(move |rule| (caller, rule)));
    rules.filter_map(move |(caller, rule)| {
        let is_recent = now.saturating_sub(rule.last()) < DAY_SECONDS;
        let pin_instead = rule.pin_instead().filter(|_| is_recent)?;
        Some(Notice {
            caller: caller.clone(),
            rule: Some(rule.text().to_owned()),
            pin_instead: Some(pin_instead),
            ..Notice::new(Kind::Sha1PinUsed)
        })
    })
}

/// Who of a caller has not been used for so many days. Whoever does not count now cannot be used.
fn unused(caller: &Caller, known: &Known<'_>, days: UnusedDays, now: Timestamp) -> Vec<Notice> {
    if !caller.window.contains(now.instant()) {
        return Vec::new();
    }
    let opened = caller.window.not_before.map(|instant| Since {
        instant,
        event: SinceEvent::Listed,
    });
    let longest = i64::from(days.days()).saturating_mul(DAY_SECONDS);
    let notices = Holder::all(caller).into_iter().filter_map(|holder| {
        let known_since = [
            known.listed.since(&holder),
            opened,
            last_call(&holder, known.last_use),
        ];
        let since = known_since.into_iter().flatten().max()?;
        (longest <= now.seconds().saturating_sub(since.instant)).then(|| Notice {
            caller: holder.caller,
            rule: holder.rule,
            since: Some(since),
            ..Notice::new(Kind::Unused)
        })
    });
    notices.collect()
}

fn last_call(holder: &Holder, last_use: &LastUse) -> Option<Since> {
    let rules = last_use.get(&holder.caller)?.iter();
    let is_of_holder = |text: &str| holder.rule.as_deref().is_none_or(|rule| rule == text);
    let last = rules
        .filter(|rule| is_of_holder(rule.text()))
        .map(|rule| rule.last());
    Some(Since {
        instant: last.max()?,
        event: SinceEvent::LastCall,
    })
}
