//! Puts a client together.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls_pki_types::UnixTime;

use super::key_vault::Asked;
use super::limits::Limits;
use super::load_error::LoadError;
use super::notice::{Clock, Notice, Notify};
use super::outbound::Outbound;
use super::presented::Recipe;
use super::source::IdentitySource;
use super::trust::Trust;

/// A client that is put together: whose identity it presents is given, the rest has defaults.
pub struct OutboundBuilder {
    identity: IdentitySource,
    trust: Trust,
    limits: Limits,
    clock: Clock,
    notify: Notify,
}

impl Outbound {
    /// Begins to put together a client that presents this identity. For one that app settings describe, see
    /// [`OutboundSettings`](crate::OutboundSettings).
    pub fn builder(identity: impl Into<IdentitySource>) -> OutboundBuilder {
        OutboundBuilder {
            identity: identity.into(),
            trust: Trust::default(),
            limits: Limits::default(),
            clock: Arc::new(system_time),
            notify: Arc::new(|_| {}),
        }
    }
}

impl OutboundBuilder {
    /// Which servers are trusted; without this, those under the system's authorities.
    #[must_use]
    pub fn trust(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// Other limits than the defaults of [`Limits`].
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Another clock than the system's, with which an identity's expiry is compared.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        let clock = Arc::new(clock);
        Self { clock, ..self }
    }

    /// Takes every [`Notice`]; without this they are dropped. It is called from the task that loads, so it must not
    /// block for long.
    #[must_use]
    pub fn on_notice(self, notify: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        let notify = Arc::new(notify);
        Self { notify, ..self }
    }

    /// The client, before anything is read: [`Outbound::reload`] loads the identity.
    ///
    /// For programs that run on without an identity until there is one.
    pub fn build(self) -> Outbound {
        let recipe = Recipe {
            identity: self.identity,
            trust: self.trust,
            limits: self.limits,
        };
        Outbound::new(recipe, self.clock, self.notify)
    }

    /// The client with its identity loaded, for programs that are of no use without.
    ///
    /// Must be called in a Tokio runtime: it reads and parses on a thread that may block.
    ///
    /// # Errors
    ///
    /// The identity or the trust anchors cannot be read or used. [`OutboundBuilder::on_notice`] reports it as well.
    pub async fn load(self) -> Result<Outbound, LoadError> {
        let outbound = self.build();
        outbound.look(Asked::Now).await?;
        Ok(outbound)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the default clock; tests supply another"
)]
fn system_time() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime::since_unix_epoch(since.unwrap_or(Duration::ZERO))
}
