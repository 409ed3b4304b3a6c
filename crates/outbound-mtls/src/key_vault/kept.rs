//! What the vault gave last.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio::time::Instant;

use super::KeyVault;
use super::client::VaultClient;
use super::schedule::pause;
use super::vault_error::VaultError;
use crate::encoded_identity::EncodedIdentity;
use crate::load_error::{LoadError, LoadErrorKind};

/// When the vault is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    /// In any case: at the start, and on SIGHUP.
    Now,
    /// Where the last answer is an hour old, or a failure is due to be tried again.
    WhenDue,
}

/// A vault's certificate, and what the vault gave last.
pub(crate) struct Kept {
    vault: KeyVault,
    reader: tokio::sync::Mutex<Reader>,
    latest: Mutex<Result<Arc<EncodedIdentity>, VaultError>>,
}

/// The client, once it is made, and when it reads next.
#[derive(Default)]
struct Reader {
    client: Option<VaultClient>,
    failures: u32,
    due: Option<Instant>,
}

impl Kept {
    pub(crate) fn new(vault: KeyVault) -> Self {
        Self {
            vault,
            reader: tokio::sync::Mutex::default(),
            latest: Mutex::new(Err(VaultError::NotAsked)),
        }
    }

    /// Asks the vault, and keeps what it gives or why it gives nothing.
    pub(crate) async fn refresh(&self, asked: Asked, now: SystemTime) {
        let mut reader = self.reader.lock().await;
        let is_due = reader.due.is_none_or(|due| Instant::now() >= due);
        if asked == Asked::WhenDue && !is_due {
            return;
        }
        let outcome = reader.read(&self.vault, now).await;
        reader.failures = match outcome {
            Ok(_) => 0,
            Err(_) => reader.failures.saturating_add(1),
        };
        reader.due = Some(Instant::now() + pause(reader.failures, random()));
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = outcome.map(Arc::new);
    }

    /// What the vault gave when it was asked last.
    pub(crate) fn latest(&self) -> Result<Arc<EncodedIdentity>, LoadError> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.clone().map_err(|error| {
            LoadError::new(self.name(), LoadErrorKind::Unreadable, error.to_string())
        })
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> String {
        self.vault.name()
    }
}

impl Reader {
    async fn read(
        &mut self,
        vault: &KeyVault,
        now: SystemTime,
    ) -> Result<EncodedIdentity, VaultError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => VaultClient::new(vault)?,
        };
        let value = self.client.insert(client).read(now).await?;
        let encoded = EncodedIdentity::new(value.form, value.bytes, vault.password.clone());
        Ok(encoded.named(vault.name()))
    }
}

/// Random enough to keep instances apart: the standard library seeds its hashers from the system.
fn random() -> u8 {
    let [byte, ..] = RandomState::new().build_hasher().finish().to_be_bytes();
    byte
}
