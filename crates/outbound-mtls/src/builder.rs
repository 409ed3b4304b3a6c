//! Puts a client together.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls_pki_types::UnixTime;

use super::limits::Limits;
use super::notice::{Clock, Notice, Notify};
use super::outbound::Outbound;
use super::settings::OutboundSettings;

/// A client that is put together: whom to be and to trust comes from [`OutboundSettings`], the rest has defaults.
pub struct OutboundBuilder {
    settings: OutboundSettings,
    limits: Limits,
    clock: Clock,
    notify: Notify,
}

impl Outbound {
    /// Begins to put a client together.
    pub fn builder(settings: OutboundSettings) -> OutboundBuilder {
        OutboundBuilder::new(settings)
    }
}

impl OutboundBuilder {
    fn new(settings: OutboundSettings) -> Self {
        Self {
            settings,
            limits: Limits::default(),
            clock: Arc::new(system_time),
            notify: Arc::new(|_| {}),
        }
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

    /// The client. Nothing is read yet: [`Outbound::reload`] loads the identity.
    pub fn build(self) -> Outbound {
        Outbound::new(self.settings, self.limits, self.clock, self.notify)
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
