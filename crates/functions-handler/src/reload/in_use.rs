//! The guard whose policy is kept up to date, the document that it has, and the log that says so.

use app_settings::Problem;
use policy_source::{FetchedLists, ListEvent};
use tokio::task;

use crate::config::{Applied, ListSource, Taken};
use crate::guard::Guard;
use crate::log::Log;

use super::line::PolicyLine;

/// The guard whose policy is kept up to date, the document that it has, and the log that says so.
pub(super) struct InUse {
    pub(super) guard: Guard,
    log: Log,
    pub(super) lists: ListSource,
    /// In force unless it is too old; `None` before the first one.
    taken: Option<Taken>,
    /// How a document is applied; a test's own fails as no document does.
    apply: fn(&Taken, &FetchedLists) -> Applied,
}

impl InUse {
    /// With the document that is in force from the start, if there is one.
    pub(super) fn new(guard: Guard, log: Log, lists: ListSource, taken: Option<Taken>) -> Self {
        Self {
            guard,
            log,
            lists,
            taken,
            apply: Taken::apply,
        }
    }

    /// The document in force, or the one that was until it got too old.
    pub(super) fn taken(&self) -> Option<&Taken> {
        self.taken.as_ref()
    }

    /// Puts a document in force with the lists that there are, and says so. Whether it is in force: it is not after a panic, which
    /// the log has, and which changes nothing.
    pub(super) async fn take(&mut self, taken: Taken) -> bool {
        if let Some(before) = &self.taken {
            taken.document.take_over(&before.document);
        }
        let replaced = self.guard.policy().version();
        let Some(Applied {
            policies,
            list_notes,
        }) = self.applied(&taken).await
        else {
            return false;
        };
        let version = policies.policy.version();
        self.guard.replace(policies);
        if let Err(problem) = self.lists.want(&taken.document) {
            self.note(
                "revocation-list-not-fetched",
                "warning",
                vec![problem.to_string()],
            );
        }
        let notes = taken.notes().into_iter().chain(list_notes).collect();
        self.log
            .write(&PolicyLine::loaded(version, replaced, notes));
        self.taken = Some(taken);
        true
    }

    /// Puts the same document in force with other lists, and says so. One that is too old comes back when it is confirmed, not
    /// with its lists.
    pub(super) async fn take_lists(&mut self, taken: Taken) {
        if self.guard.policy().is_available() {
            let Some(Applied {
                policies,
                list_notes,
            }) = self.applied(&taken).await
            else {
                return;
            };
            let version = policies.policy.version();
            self.guard.replace(policies);
            self.log.write(&PolicyLine::lists(version, list_notes));
        }
        self.taken = Some(taken);
    }

    /// Puts the document in force again that was too old, without a word, if it is not: the lists that it was in force with may be
    /// old.
    pub(super) async fn restore(&self) {
        if self.guard.policy().is_available() {
            return;
        }
        if let Some(taken) = &self.taken
            && let Some(applied) = self.applied(taken).await
        {
            self.guard.replace(applied.policies);
        }
    }

    /// What became of a list.
    pub(super) async fn list_event(&mut self, event: ListEvent) {
        let (problem, level) = match event {
            ListEvent::Changed { .. } => {
                if let Some(taken) = self.taken.clone() {
                    self.take_lists(taken).await;
                }
                return;
            }
            ListEvent::Recovered { url } => {
                return self.note("revocation-list-fetched", "info", vec![url.to_string()]);
            }
            ListEvent::Failed { url, error } => {
                (Problem::new(url.to_string(), error.to_string()), "warning")
            }
            ListEvent::CopyFailed(error) => (
                Problem::new("the revocation lists", error.to_string()),
                "warning",
            ),
            ListEvent::TooMany { left_out } => (
                Problem::new(
                    "the revocation lists",
                    format!(
                        "expected fewer URLs, found {left_out} more than are fetched at most: what those cover is unknown; name fewer lists"
                    ),
                ),
                "error",
            ),
            // A kind of event that is added later changes nothing here.
            _ => return,
        };
        self.note(
            "revocation-list-not-fetched",
            level,
            vec![problem.to_string()],
        );
    }

    /// Writes a line about the policy that stays in force.
    pub(super) fn note(&self, event: &'static str, level: &'static str, problems: Vec<String>) {
        let version = self.guard.policy().version();
        self.log
            .write(&PolicyLine::stays(event, level, version, problems));
    }

    /// The policies of a document with the lists that there are. `None` after a panic, which the log has.
    async fn applied(&self, taken: &Taken) -> Option<Applied> {
        let (taken, lists, apply) = (taken.clone(), self.lists.lists(), self.apply);
        let applied = task::spawn_blocking(move || apply(&taken, &lists)).await;
        let applied = applied.ok();
        if applied.is_none() {
            let text = "the policy document: expected to apply its revocation lists, found a fault of this program: it changes \
                        nothing; report the fault";
            self.note("policy-refused", "error", vec![text.to_owned()]);
        }
        applied
    }
}

#[cfg(test)]
impl InUse {
    /// From now on each document is applied so.
    pub(super) fn apply_by(&mut self, apply: fn(&Taken, &FetchedLists) -> Applied) {
        self.apply = apply;
    }
}
