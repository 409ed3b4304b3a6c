//! One thing that an operator should act upon.

use client_cert::{CallerName, Thumbprint};

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
}

/// What is to be acted upon.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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
}

/// Since when nobody was admitted, in seconds since 1970, and what that instant is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(super) struct Since {
    pub(super) instant: i64,
    pub(super) event: SinceEvent,
}

/// From what on a caller is known to be unused.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
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

impl Kind {
    /// As the log writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::WindowEnds => "window-ends",
            Self::WindowEnded => "window-ended",
            Self::AuthorityEnds => "authority-ends",
            Self::AuthorityEnded => "authority-ended",
            Self::AuthorityNotYetValid => "authority-not-yet-valid",
            Self::RevocationListEnds => "revocation-list-ends",
            Self::RevocationListStale => "revocation-list-stale",
            Self::Unused => "unused",
            Self::Sha1PinUsed => "sha1-pin-used",
        }
    }
}

impl SinceEvent {
    /// As the log writes it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Listed => "listed",
            Self::LastCall => "last-call",
        }
    }
}
