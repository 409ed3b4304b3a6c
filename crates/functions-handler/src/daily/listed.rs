//! Since when the policy lists each caller, as far as this process knows.

use std::collections::HashMap;

use client_cert::{Caller, CallerName, Policy, PolicyVersion};

use super::notice::{Since, SinceEvent};

/// Who can be unused: a caller with a name, or a rule of the caller of the two lists, where each entry is somebody.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Holder {
    pub(super) caller: Option<CallerName>,
    pub(super) rule: Option<String>,
}

impl Holder {
    /// Those of one caller.
    pub(super) fn all(caller: &Caller) -> Vec<Self> {
        let rules = match &caller.name {
            Some(_) => vec![None],
            None => {
                let texts = caller.rules.iter().map(ToString::to_string);
                texts.map(Some).collect()
            }
        };
        let holder = |rule| Self {
            caller: caller.name.clone(),
            rule,
        };
        rules.into_iter().map(holder).collect()
    }
}

/// Since when the policy lists whom.
#[derive(Debug, Default)]
pub(super) struct Listed {
    version: Option<PolicyVersion>,
    since: HashMap<Holder, Since>,
    started: bool,
}

impl Listed {
    /// Takes note of a policy in force at `now`. The first one is in force since the start.
    pub(super) fn update(&mut self, policy: &Policy, now: i64) {
        if !policy.is_available() || (self.version.is_some() && self.version == policy.version()) {
            return;
        }
        let event = match self.started {
            true => SinceEvent::Listed,
            false => SinceEvent::Start,
        };
        let unknown = Since {
            instant: now,
            event,
        };
        let mut before = std::mem::take(&mut self.since);
        let holders = policy.callers().flat_map(Holder::all);
        let since = holders.map(|holder| {
            let since = before.remove(&holder).unwrap_or(unknown);
            (holder, since)
        });
        self.since = since.collect();
        self.version = policy.version();
        self.started = true;
    }

    pub(super) fn since(&self, holder: &Holder) -> Option<Since> {
        self.since.get(holder).copied()
    }
}
