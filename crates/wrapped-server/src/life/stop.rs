//! The wish to stop, and how long everything may take.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Where the wish arrives.
#[derive(Clone)]
pub(crate) struct StopSignal(watch::Receiver<Option<Duration>>);

/// Both ends; a dropped sender is the wish to stop at once.
pub(crate) fn stop_signal() -> (watch::Sender<Option<Duration>>, StopSignal) {
    let (sender, receiver) = watch::channel(None);
    (sender, StopSignal(receiver))
}

impl StopSignal {
    /// Waits until somebody wishes to stop.
    pub(crate) async fn asked(&mut self) {
        // Nobody is left who could wish anything else.
        let _ = self.0.wait_for(Option::is_some).await;
    }

    /// Waits until the grace is over that began at an instant; a later wish may shorten it.
    pub(crate) async fn grace_over(&mut self, began: Instant) {
        loop {
            let grace = self.0.borrow_and_update().unwrap_or_default();
            let over = tokio::time::sleep_until(began + grace);
            tokio::select! {
                () = over => return,
                changed = self.0.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }
}
