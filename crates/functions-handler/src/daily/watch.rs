//! The task that looks once a minute and names what is due.

use std::sync::Arc;
use std::time::Duration;

use client_cert::Policy;
use tokio::task;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::UnusedDays;
use crate::guard::Guard;
use crate::log::{Log, Timestamp};

use super::due::{Known, due};
use super::ledger::Ledger;
use super::listed::Listed;
use super::notice_line::{Context, NoticeLine};
use super::usage::Usage;

/// How often the policy in force is looked at. A hundred thousand callers take 13 ms of a thread of its own, and 320 ms with
/// `CLIENT_CERT_UNUSED_DAYS` where all but one are unused. A call does the same either way; spread over a thousand calls a second,
/// the setting makes one cost 1.3 times as much (the test `tests::cost` prints all of it in one run, on two shared cores).
const LOOK_INTERVAL: Duration = Duration::from_secs(60);

/// What has been named, and what is known of callers.
pub(crate) struct Daily {
    pub(super) usage: Arc<Usage>,
    unused_days: Option<UnusedDays>,
    listed: Listed,
    ledger: Ledger,
}

impl Daily {
    pub(crate) fn new(usage: Arc<Usage>, unused_days: Option<UnusedDays>) -> Self {
        Self {
            usage,
            unused_days,
            listed: Listed::default(),
            ledger: Ledger::default(),
        }
    }

    /// What is to be named now about this policy and has not been within a day.
    pub(super) fn look(&mut self, policy: &Policy, now: Timestamp) -> Vec<NoticeLine> {
        if self.unused_days.is_some() {
            self.listed.update(policy, now.seconds());
        }
        let known = Known {
            last_use: &self.usage.last_use(),
            listed: &self.listed,
            unused_days: self.unused_days,
        };
        let notices = due(policy, &known, now);
        let notices = self.ledger.take_due(notices, now.seconds());
        let context = Context {
            time: now,
            policy: policy.version(),
            unused_days: self.unused_days,
        };
        let lines = notices.iter().map(|notice| NoticeLine::of(notice, context));
        lines.collect()
    }
}

/// Looks at the policy in force now and from then on once a minute, for as long as the handler runs.
pub(crate) async fn watch(
    mut daily: Daily,
    guard: Guard,
    log: Log,
    clock: impl Fn() -> Timestamp + Send,
) {
    let mut looks = interval(LOOK_INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let (policy, now) = (guard.policy(), clock());
        let looked = task::spawn_blocking(move || {
            let lines = daily.look(&policy, now);
            (daily, lines)
        });
        // A panic in it has been reported by its hook, and ends this task and nothing else.
        let Ok((same, lines)) = looked.await else {
            return;
        };
        daily = same;
        for line in &lines {
            log.write(line);
        }
    }
}
