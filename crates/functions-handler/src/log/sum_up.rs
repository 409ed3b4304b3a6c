//! The task that sums up once a minute what is counted.

use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::audit::Audit;
use super::clock::Timestamp;

/// How often calls that are counted are summed up. The queries of `infra/queries` look at five minutes or more.
const SUMMARY_INTERVAL: Duration = Duration::from_secs(60);

/// Sums up once a minute what is counted instead of written, and the rest when it is dropped. Ends at once where each call has a line.
pub(crate) async fn sum_up(audit: Audit, clock: impl Fn() -> Timestamp + Send) {
    if !audit.counts() {
        return;
    }
    let summaries = Summaries { audit, clock };
    let mut minutes = interval_at(Instant::now() + SUMMARY_INTERVAL, SUMMARY_INTERVAL);
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        minutes.tick().await;
        summaries.write();
    }
}

struct Summaries<C: Fn() -> Timestamp> {
    audit: Audit,
    clock: C,
}

impl<C: Fn() -> Timestamp> Summaries<C> {
    fn write(&self) {
        self.audit.sum_up(&self.clock);
    }
}

impl<C: Fn() -> Timestamp> Drop for Summaries<C> {
    fn drop(&mut self) {
        self.write();
    }
}
