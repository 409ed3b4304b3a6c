//! The stand-in of this moment, which an edited app replaces by another one.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;

use super::StandIn;

/// How long the handler of a replaced stand-in is kept for the requests that it has.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The stand-in that gets the next request.
pub(crate) struct CurrentStandIn {
    running: RwLock<Arc<Running>>,
}

/// A stand-in as long as it has requests.
pub(crate) struct Running {
    pub(crate) stand_in: StandIn,
    /// Dropped with it.
    alive: watch::Sender<()>,
}

impl CurrentStandIn {
    /// The first one.
    pub(crate) fn new(stand_in: StandIn) -> Self {
        Self {
            running: RwLock::new(Running::new(stand_in)),
        }
    }

    /// The stand-in for one request.
    pub(crate) fn get(&self) -> Arc<Running> {
        let running = self.running.read();
        running.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Every request from now on goes to another one.
    pub(crate) fn replace(&self, stand_in: StandIn) {
        let mut running = self.running.write().unwrap_or_else(PoisonError::into_inner);
        *running = Running::new(stand_in);
    }

    /// Waits until the present one is replaced and has no request any more, or has had its time.
    pub(crate) fn drained(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut alive = self.get().alive.subscribe();
        async move {
            // Nothing is ever sent: the change is that the sender is gone.
            let _ = tokio::time::timeout(DRAIN_TIMEOUT, alive.changed()).await;
        }
    }
}

impl Running {
    fn new(stand_in: StandIn) -> Arc<Self> {
        Arc::new(Self {
            stand_in,
            alive: watch::Sender::new(()),
        })
    }
}
