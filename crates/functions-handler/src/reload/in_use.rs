//! The guard whose policy is kept up to date, and the log that says so.

use app_settings::Problem;
use policy_source::ListEvent;
use tokio::task;

use crate::config::{Applied, ListSource, Taken};
use crate::guard::Guard;
use crate::log::Log;

use super::line::PolicyLine;

/// The guard whose policy is kept up to date, and the log that says so.
pub(super) struct InUse {
    pub(super) guard: Guard,
    pub(super) log: Log,
    pub(super) lists: ListSource,
}

impl InUse {
    /// Puts a document in force with the lists that there are, and says so. Whether it is in force: it is not after a panic, which
    /// the log has.
    pub(super) async fn take(&mut self, taken: &Taken) -> bool {
        if let Err(problem) = self.lists.want(&taken.document) {
            self.note(
                "revocation-list-not-fetched",
                "warning",
                vec![problem.to_string()],
            );
        }
        let replaced = self.guard.policy().version();
        let Some(Applied {
            policies,
            list_notes,
        }) = self.applied(taken).await
        else {
            return false;
        };
        let version = policies.policy.version();
        self.guard.replace(policies);
        let notes = taken.notes().into_iter().chain(list_notes).collect();
        self.log
            .write(&PolicyLine::loaded(version, replaced, notes));
        true
    }

    /// Puts the same document in force with other lists, and says so. One that is too old comes back when it is confirmed, not
    /// with its lists.
    pub(super) async fn take_lists(&self, taken: &Taken) {
        if !self.guard.policy().is_available() {
            return;
        }
        if let Some(Applied {
            policies,
            list_notes,
        }) = self.applied(taken).await
        {
            let version = policies.policy.version();
            self.guard.replace(policies);
            self.log.write(&PolicyLine::lists(version, list_notes));
        }
    }

    /// Puts a document in force again, without a word: what it was in force with may be old.
    pub(super) async fn restore(&self, taken: &Taken) {
        if let Some(applied) = self.applied(taken).await {
            self.guard.replace(applied.policies);
        }
    }

    /// What became of a list, with the document that is in force, if there is one.
    pub(super) async fn list_event(&self, event: ListEvent, taken: Option<&Taken>) {
        let (problem, level) = match event {
            ListEvent::Changed { .. } => {
                if let Some(taken) = taken {
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
        let (taken, lists) = (taken.clone(), self.lists.lists());
        let applied = task::spawn_blocking(move || taken.apply(&lists)).await.ok();
        if applied.is_none() {
            let text = "the policy document: expected to apply its revocation lists, found a fault of this program: it changes \
                        nothing; report the fault";
            self.note("policy-refused", "error", vec![text.to_owned()]);
        }
        applied
    }
}
