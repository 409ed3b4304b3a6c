//! Loads the identity, and loads it again when its files change.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::day;
use super::key_vault::Asked;
use super::load_error::{LoadError, LoadErrorKind};
use super::notice::Notice;
use super::outbound::Outbound;
use super::presented::Attempt;
use super::reload_memory::Memory;

/// How often the files are looked at. Reading some kilobytes six times a minute costs nothing, and a renewal is
/// in use long before the old certificate ends.
pub const RELOAD_INTERVAL: Duration = Duration::from_secs(10);

impl Outbound {
    /// Looks at the files, or asks the vault, now, and replaces the identity if they have changed and load.
    ///
    /// For the start and for SIGHUP. Contents are compared, not times, so a swapped link and a file written in
    /// place count alike. A failure leaves the identity in use as it is, is reported once for each change and day,
    /// and is tried again when the contents change. They are read and parsed on a thread that may block.
    pub async fn reload(&self) {
        // Whoever takes notices has been given it.
        let _ = self.look(Asked::Now).await;
    }

    /// Does what [`Outbound::reload`] does; the error is that of the last attempt to load.
    pub(super) async fn look(&self, asked: Asked) -> Result<(), LoadError> {
        let mut memory = self.memory.lock().await;
        if let Some(vault) = self.recipe.identity.vault() {
            let now = UNIX_EPOCH + Duration::from_secs((self.clock)().as_secs());
            vault.refresh(asked, now).await;
        }
        match self.attempt(memory.tried).await {
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
            Attempt::Failed(digest, error) => memory.failed(digest, error),
        }
        self.report(&mut memory);
        memory
            .failure
            .as_ref()
            .map_or(Ok(()), |(error, _)| Err(error.clone()))
    }

    async fn attempt(&self, tried: Option<[u8; 32]>) -> Attempt {
        let recipe = Arc::clone(&self.recipe);
        let attempt = tokio::task::spawn_blocking(move || Attempt::make(&recipe, tried));
        // A function of the program's own may panic.
        attempt.await.unwrap_or_else(|_| {
            let text = "the source of the identity panicked, or the process ends";
            Attempt::Failed(
                None,
                LoadError::new("our identity", LoadErrorKind::Unreadable, text),
            )
        })
    }

    /// Reloads at this interval, [`RELOAD_INTERVAL`] where nothing speaks against it, until the task is dropped. A vault is asked
    /// every hour whatever the interval, and sooner after a failure.
    pub async fn watch(&self, every: Duration) {
        loop {
            tokio::time::sleep(every).await;
            let _ = self.look(Asked::WhenDue).await;
        }
    }

    /// Reports what is wrong, once a day.
    fn report(&self, memory: &mut Memory) {
        let now = (self.clock)();
        let today = day::number(now);
        if let Some((error, reported)) = &mut memory.failure
            && *reported != Some(today)
        {
            *reported = Some(today);
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
