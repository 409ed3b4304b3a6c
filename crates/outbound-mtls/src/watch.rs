//! Loads the identity, and loads it again when its files change.

use std::sync::Arc;
use std::time::Duration;

use super::day;
use super::notice::Notice;
use super::outbound::Outbound;
use super::presented::Attempt;
use super::reload_memory::Memory;

/// How often the files are looked at. Reading some kilobytes six times a minute costs nothing, and a renewal is
/// in use long before the old certificate ends.
pub const RELOAD_INTERVAL: Duration = Duration::from_secs(10);

impl Outbound {
    /// Looks at the files now, and replaces the identity if they have changed and load.
    ///
    /// For the start and for SIGHUP. Contents are compared, not times, so a swapped link and a file written in
    /// place count alike. A failure leaves the identity in use as it is, is told once for each change and day,
    /// and is tried again when the files change. Files are read and parsed on a thread that may block.
    pub async fn reload(&self) {
        let mut memory = self.memory.lock().await;
        let settings = Arc::clone(&self.settings);
        let (limits, tried) = (self.limits, memory.tried);
        let attempt = tokio::task::spawn_blocking(move || Attempt::make(&settings, &limits, tried));
        // The task panics or is cancelled only when the process ends.
        let Ok(attempt) = attempt.await else { return };
        match attempt {
            Attempt::Unchanged => {}
            Attempt::Loaded(digest, presented) => {
                let facts = presented.facts.clone();
                self.current.store(Some(Arc::new(presented)));
                (self.notify)(Notice::Loaded(facts));
                *memory = Memory {
                    tried: Some(digest),
                    ..Memory::default()
                };
            }
            Attempt::Failed(digest, error) => {
                let same = memory
                    .failure
                    .as_ref()
                    .is_some_and(|(old, _)| *old == error);
                if !same || digest != memory.tried {
                    memory.failure = Some((error, None));
                }
                memory.tried = digest;
            }
        }
        self.tell_of_today(&mut memory);
    }

    /// Reloads at this interval, [`RELOAD_INTERVAL`] where nothing speaks against it, until the task is dropped.
    pub async fn watch(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            self.reload().await;
        }
    }

    /// Says once a day what still is wrong.
    fn tell_of_today(&self, memory: &mut Memory) {
        let now = (self.clock)();
        let today = day::number(now);
        if let Some((error, told)) = &mut memory.failure
            && *told != Some(today)
        {
            *told = Some(today);
            (self.notify)(Notice::LoadFailed {
                detail: error.to_string(),
                previous_in_use: self.facts().is_some(),
            });
        }
        let Some(facts) = self.facts() else { return };
        if facts.expires_soon(now) && memory.warned != Some(today) {
            memory.warned = Some(today);
            let days = facts.days_left(now);
            (self.notify)(Notice::Expiring { facts, days });
        }
    }
}
