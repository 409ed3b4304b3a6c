//! Loads the identity, and loads it again when its files change.

use std::sync::Arc;
use std::time::Duration;

use app_settings::NamedFile;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::limits::Limits;
use super::load_error::LoadError;
use super::notice::Notice;
use super::outbound::{Outbound, Presented};
use super::settings::OutboundSettings;
use super::source::{Material, read};
use super::trust;

/// How often the files are looked at. Reading some kilobytes six times a minute costs nothing, and a renewal is
/// in use long before the old certificate ends.
pub const RELOAD_INTERVAL: Duration = Duration::from_secs(10);

/// From how many days before its end an identity is warned about.
const WARNING_DAYS: i64 = 30;

const SECONDS_PER_DAY: u64 = 86_400;

/// What was seen and said the last time.
#[derive(Default)]
pub(super) struct Memory {
    /// The digest of the files that were tried last.
    tried: Option<[u8; 32]>,
    /// Why the last attempt failed, and the last day on which that was said.
    failure: Option<(LoadError, Option<u64>)>,
    /// The day on which an expiry was said.
    warned: Option<u64>,
}

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
        let today = now.as_secs() / SECONDS_PER_DAY;
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
        let days = facts.days_left(now);
        if days < WARNING_DAYS && memory.warned != Some(today) {
            memory.warned = Some(today);
            (self.notify)(Notice::Expiring { facts, days });
        }
    }
}

/// What one look at the files came to.
enum Attempt {
    /// The same contents as the last time, whatever came of them then.
    Unchanged,
    Loaded([u8; 32], Presented),
    /// With the digest of the contents, where they could be read at all.
    Failed(Option<[u8; 32]>, LoadError),
}

impl Attempt {
    fn make(settings: &OutboundSettings, limits: &Limits, tried: Option<[u8; 32]>) -> Self {
        let inputs = match Inputs::read(settings) {
            Ok(inputs) => inputs,
            Err(error) => return Self::Failed(None, error),
        };
        let digest = inputs.digest();
        if tried == Some(digest) {
            return Self::Unchanged;
        }
        match inputs.load(settings, limits) {
            Ok(presented) => Self::Loaded(digest, presented),
            Err(error) => Self::Failed(Some(digest), error),
        }
    }
}

/// The bytes of all files that make a client.
struct Inputs {
    material: Material,
    trust_anchors: Vec<(String, Zeroizing<Vec<u8>>)>,
}

impl Inputs {
    fn read(settings: &OutboundSettings) -> Result<Self, LoadError> {
        let anchor = |file: &NamedFile| Ok((file.to_string(), read(file)?));
        let trust_anchors: Result<Vec<_>, LoadError> =
            settings.trust.files.iter().map(anchor).collect();
        Ok(Self {
            material: settings.source.read()?,
            trust_anchors: trust_anchors?,
        })
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let anchors = self.trust_anchors.iter().map(|(_, bytes)| bytes.as_slice());
        for bytes in std::iter::once(self.material.bytes()).chain(anchors) {
            digest.update(Sha256::digest(bytes));
        }
        digest.finalize().into()
    }

    fn load(&self, settings: &OutboundSettings, limits: &Limits) -> Result<Presented, LoadError> {
        let selection = settings.selection();
        let identity = self
            .material
            .parse(&settings.password, selection.as_deref())?;
        let mut anchors = Vec::new();
        for (at, bytes) in &self.trust_anchors {
            anchors.extend(trust::anchors(at, bytes)?);
        }
        let only = settings.trust.files_only;
        let client = identity.client(self.material.at(), anchors, only, limits)?;
        Ok(Presented {
            client,
            facts: identity.facts().clone(),
        })
    }
}
