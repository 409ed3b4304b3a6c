//! Calls that are counted instead of written.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use client_cert::{CallerName, Permit, PolicyVersion};

use crate::daily::UsedRule;

use super::answered::Answered;
use super::clock::Timestamp;
use super::decision_line::looked_up;
use super::subject::Subject;

/// How many rows of admitted callers are kept, about 2 MiB of them. One more and they are summed up at once: nobody is left out
/// of a summary, and what is written at a time fits into the log many times.
pub(super) const MAX_ROWS: usize = 2_000;

/// The calls since the last summary. Clones of the audit share them.
#[derive(Debug, Default)]
pub(super) struct Calls {
    counted: Mutex<Counted>,
    /// Held from taking what was counted until it is written: whoever sums up last waits for the others.
    summing: Mutex<()>,
}

/// Calls by function and caller.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// When the first of them came; `None` where there are none.
    pub(super) since: Option<Timestamp>,
    pub(super) admitted: HashMap<AdmittedKey, AdmittedCalls>,
    /// Calls that needed no decision. There are no more rows than functions.
    pub(super) undecided: HashMap<Option<Arc<str>>, Count>,
}

/// What the calls of admitted callers are summed up by.
#[derive(Debug, Eq, Hash, PartialEq)]
pub(super) struct AdmittedKey {
    pub(super) policy: Option<PolicyVersion>,
    pub(super) function: Option<Arc<str>>,
    pub(super) caller: CallerKey,
    pub(super) revocation: Option<&'static str>,
}

/// Which caller: by the name in the policy document, or by the rule of the two lists, which have no names.
#[derive(Debug)]
pub(super) enum CallerKey {
    Name(CallerName),
    Rule(Arc<UsedRule>),
}

/// What is known of the calls in one row.
#[derive(Debug)]
pub(super) struct AdmittedCalls {
    pub(super) count: Count,
    /// The admission with the certificate that ends first.
    pub(super) first_to_end: Permit,
}

/// How many calls.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Count {
    pub(super) calls: u64,
    /// Those with a status of 500 or above, or without an answer.
    pub(super) failed: u64,
}

impl Calls {
    /// Counts a call of an admitted caller. True where there is no room for one more row: it is time to sum up.
    #[must_use = "rows grow without bound unless they are summed up"]
    pub(super) fn admitted(
        &self,
        subject: &Subject,
        permit: &Permit,
        rule: &Arc<UsedRule>,
        answered: Answered,
    ) -> bool {
        let key = AdmittedKey {
            policy: permit.policy(),
            function: subject.function.clone(),
            caller: match permit.caller() {
                Some(name) => CallerKey::Name(name.clone()),
                None => CallerKey::Rule(Arc::clone(rule)),
            },
            revocation: looked_up(permit.revocation()),
        };
        let mut counted = self.lock();
        counted.since.get_or_insert(subject.time);
        let row = counted
            .admitted
            .entry(key)
            .or_insert_with(|| AdmittedCalls {
                count: Count::default(),
                first_to_end: permit.clone(),
            });
        row.count.add(answered);
        let end = |permit: &Permit| permit.principal().validity().not_after;
        if end(permit) < end(&row.first_to_end) {
            row.first_to_end = permit.clone();
        }
        counted.admitted.len() >= MAX_ROWS
    }

    /// Counts a call that needed no decision.
    pub(super) fn undecided(&self, subject: &Subject, answered: Answered) {
        let mut counted = self.lock();
        counted.since.get_or_insert(subject.time);
        let row = counted.undecided.entry(subject.function.clone());
        row.or_default().add(answered);
    }

    /// Has all that was counted written; counting begins anew meanwhile. After it, whatever was counted before it is written,
    /// whoever took it.
    pub(super) fn sum_up(&self, write: impl FnOnce(&Counted)) {
        let _summing = self.summing.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = mem::take(&mut *self.lock());
        write(&counted);
    }

    fn lock(&self) -> MutexGuard<'_, Counted> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Count {
    fn add(&mut self, answered: Answered) {
        self.calls = self.calls.saturating_add(1);
        self.failed = self.failed.saturating_add(u64::from(answered.has_failed()));
    }
}

impl CallerKey {
    fn text(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Rule(rule) => rule.text(),
        }
    }
}

/// Names and rules do not meet: a rule has a blank, and a name has none.
impl PartialEq for CallerKey {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for CallerKey {}

impl Hash for CallerKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().hash(state);
    }
}
