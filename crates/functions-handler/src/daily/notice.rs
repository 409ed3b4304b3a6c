//! One thing that an operator should act upon.

use client_cert::{CallerName, Thumbprint};
use serde::Serialize;

/// One thing that an operator should act upon, and whom it concerns.
///
/// A notice is its own identity: it holds instants and not how far away they are, so that the same thing is the same notice
/// tomorrow. Members that do not apply are `None`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Notice {
    pub(super) kind: Kind,
    /// The caller; `None` for the caller of the two lists, and where no caller is concerned.
    pub(super) caller: Option<CallerName>,
    /// The rule, as the log writes it.
    pub(super) rule: Option<String>,
    /// The trust domain, as the log writes it.
    pub(super) domain: Option<String>,
    /// The subject of an authority or the issuer of a revocation list.
    pub(super) authority: Option<String>,
    /// What a revocation list covers, for people.
    pub(super) coverage: Option<String>,
    /// The instant that is near or past, in seconds since 1970.
    pub(super) until: Option<i64>,
    /// Since when a caller is unused.
    pub(super) since: Option<Since>,
    /// The SHA-256 thumbprint to list in place of a SHA-1 thumbprint.
    pub(super) pin_instead: Option<Thumbprint>,
    /// How many notices there are that are not written.
    pub(super) more: Option<usize>,
}

/// What is to be acted upon. The log writes the names of the variants, in lower case and with hyphens.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// A rule or a caller counts for few more days.
    WindowEnds,
    /// A rule or a caller does not count any more.
    WindowEnded,
    /// The certificate of an authority ends soon.
    AuthorityEnds,
    /// The certificate of an authority has ended.
    AuthorityEnded,
    /// The certificate of an authority is not valid yet.
    AuthorityNotYetValid,
    /// A revocation list is about to become stale.
    RevocationListEnds,
    /// A revocation list is stale.
    RevocationListStale,
    /// A caller, or an entry of the two lists, has not been used for the days that the setting says.
    Unused,
    /// A SHA-1 thumbprint admitted somebody.
    Sha1PinUsed,
    /// There are more notices, which are counted and not written.
    More,
}

/// Since when nobody was admitted, in seconds since 1970, and what that instant is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Since {
    pub(super) instant: i64,
    pub(super) event: SinceEvent,
}

/// From what on a caller is known to be unused. The log writes the names of the variants, as it does those of kinds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SinceEvent {
    /// This process started.
    Start,
    /// The policy lists the caller, or its window opened.
    Listed,
    /// Its last call.
    LastCall,
}

impl Notice {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            caller: None,
            rule: None,
            domain: None,
            authority: None,
            coverage: None,
            until: None,
            since: None,
            pin_instead: None,
            more: None,
        }
    }

    /// Whole days from `now` to the instant, rounded down; negative where it is past.
    pub(super) fn days_left(&self, now: i64) -> Option<i64> {
        let until = self.until?;
        Some(until.saturating_sub(now).div_euclid(DAY_SECONDS))
    }
}

/// A day, in seconds.
pub(super) const DAY_SECONDS: i64 = 24 * 60 * 60;
