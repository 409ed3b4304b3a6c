//! Which rules admitted somebody, and when last.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use client_cert::{CallerName, Permit, Policy, Thumbprint};

use crate::log::{Timestamp, rule_text};

/// The rules that admitted somebody since the start. Bounded by the rules of the policy in force.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    rules: Mutex<Rules>,
}

/// By caller, then by text.
type Rules = HashMap<Option<CallerName>, HashMap<String, UsedRule>>;

/// A rule that admitted somebody. Clones are of the same rule.
#[derive(Clone, Debug)]
pub(crate) struct UsedRule(Arc<Facts>);

#[derive(Debug)]
struct Facts {
    text: String,
    /// The text in lines about calls.
    shown: String,
    /// The SHA-256 thumbprint to list in place of a SHA-1 thumbprint.
    pin_instead: Option<Thumbprint>,
    /// The second of the last admission, since 1970.
    last: AtomicI64,
}

impl UsedRule {
    fn new(text: String, permit: &Permit) -> Self {
        let weak_pin = permit.rule().weak_pin();
        Self(Arc::new(Facts {
            shown: rule_text(&text, permit.principal()),
            text,
            pin_instead: weak_pin.map(|_| permit.principal().sha256()),
            last: AtomicI64::new(i64::MIN),
        }))
    }

    /// The rule as lines about calls have it.
    pub(crate) fn shown(&self) -> &str {
        &self.0.shown
    }

    /// The whole rule, as notices have it.
    pub(crate) fn text(&self) -> &str {
        &self.0.text
    }

    pub(super) fn pin_instead(&self) -> Option<Thumbprint> {
        self.0.pin_instead
    }

    pub(super) fn last(&self) -> i64 {
        self.0.last.load(Ordering::Relaxed)
    }

    /// Notes an admission. Stored once a second at most: a caller who calls all the time is on every core.
    pub(crate) fn used_at(&self, now: Timestamp) {
        let now = now.seconds();
        if self.last() < now {
            self.0.last.store(now, Ordering::Relaxed);
        }
    }
}

/// When a caller or one of its rules was last used.
pub(super) type LastUse = HashMap<Option<CallerName>, Vec<UsedRule>>;

impl Usage {
    /// The rule that admitted a caller. It is looked up once for each admission that is kept, not once for each call.
    pub(crate) fn of(&self, permit: &Permit) -> UsedRule {
        let text = permit.rule().to_string();
        let mut rules = self.lock();
        let of_caller = rules.entry(permit.caller().cloned()).or_default();
        let rule = of_caller
            .entry(text)
            .or_insert_with_key(|text| UsedRule::new(text.clone(), permit));
        rule.clone()
    }

    /// Forgets the rules that this policy does not have. One that cannot be had says nothing about rules.
    pub(crate) fn keep_rules_of(&self, policy: &Policy) {
        let mut rules = self.lock();
        if rules.is_empty() || !policy.is_available() {
            return;
        }
        let mut kept = Rules::new();
        for caller in policy.callers() {
            let Some(mut used) = rules.remove(&caller.name) else {
                continue;
            };
            let listed: HashSet<String> = caller.rules.iter().map(ToString::to_string).collect();
            used.retain(|text, _| listed.contains(text));
            kept.insert(caller.name.clone(), used);
        }
        *rules = kept;
    }

    /// What is known now.
    pub(super) fn last_use(&self) -> LastUse {
        let rules = self.lock();
        let of_callers = rules
            .iter()
            .map(|(caller, rules)| (caller.clone(), rules.values().cloned().collect()));
        of_callers.collect()
    }

    fn lock(&self) -> MutexGuard<'_, Rules> {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
