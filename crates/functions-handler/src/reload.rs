//! The policy document while the handler runs: loaded again when it changes, and when SIGHUP asks for it.

use std::time::Duration;

use app_settings::Problem;
use client_cert::PolicyVersion;
use serde::Serialize;
use tokio::task;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::Document;
use crate::guard::Guard;
use crate::log::{Log, Timestamp};
use crate::signals::Hangups;

/// How often the files are looked at: a change takes effect after two looks, and within two seconds.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// A line about the policy in force.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PolicyLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// A document in force, and the guard that decides by it.
pub(crate) struct Watch {
    pub(crate) document: Document,
    pub(crate) guard: Guard,
}

/// Watches the document for as long as the handler runs.
///
/// A document that does not load changes nothing: what is wrong with it is reported once, and the policy before it stays in
/// force.
pub(crate) async fn watch(watch: Watch, log: Log, mut hangups: Hangups) {
    let Watch {
        mut document,
        guard,
    } = watch;
    let mut looks = interval(LOOK_INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = None;
    loop {
        let asked = tokio::select! {
            () = hangups.next() => true,
            _ = looks.tick() => false,
        };
        let looked = task::spawn_blocking(move || {
            let due = asked || document.look(&mut last);
            let loaded = due.then(|| document.load());
            (document, last, loaded)
        });
        let Ok((same, seen, loaded)) = looked.await else {
            log.write(&PolicyLine::refused(guard.policy().version(), &[ended()]));
            return;
        };
        (document, last) = (same, seen);
        match loaded {
            None => {}
            Some(Ok(loaded)) => {
                let replaced = guard.policy().version();
                let version = loaded.policy().version();
                guard.replace(loaded.policies);
                log.write(&PolicyLine::loaded(version, replaced, loaded.notes));
            }
            Some(Err(problems)) => {
                log.write(&PolicyLine::refused(guard.policy().version(), &problems))
            }
        }
    }
}

/// The document goes with a look that panics, and the policy stays in force.
fn ended() -> Problem {
    Problem::new(
        "the policy document",
        "expected to load it, found a fault of this program: it is not looked at any more; start the handler again, and report the fault",
    )
}

impl PolicyLine {
    fn loaded(
        version: Option<PolicyVersion>,
        replaced: Option<PolicyVersion>,
        notes: Vec<String>,
    ) -> Self {
        Self {
            time: Timestamp::now(),
            event: "policy-loaded",
            level: "info",
            policy: version.map(|version| version.to_string()),
            replaced: replaced.map(|version| version.to_string()),
            problems: Vec::new(),
            notes,
        }
    }

    /// The version is that of the policy that stays in force.
    fn refused(version: Option<PolicyVersion>, problems: &[Problem]) -> Self {
        Self {
            time: Timestamp::now(),
            event: "policy-refused",
            level: "error",
            policy: version.map(|version| version.to_string()),
            replaced: None,
            problems: Problem::lines(problems),
            notes: Vec::new(),
        }
    }
}
