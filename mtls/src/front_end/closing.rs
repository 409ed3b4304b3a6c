//! The end of a front end that answers what it has.

use tokio::sync::watch;

/// Closes a front end.
pub(crate) struct Closer(watch::Sender<bool>);

/// Whether a front end is to close.
#[derive(Clone)]
pub(crate) struct Closing(watch::Receiver<bool>);

/// Both ends; nothing closes yet.
pub(crate) fn closing() -> (Closer, Closing) {
    let (sender, receiver) = watch::channel(false);
    (Closer(sender), Closing(receiver))
}

impl Closer {
    /// No connection is taken any more, and each ends behind the answer that it waits for.
    pub(crate) fn close(&self) {
        self.0.send_replace(true);
    }
}

impl Closing {
    /// Waits until it is to close; for ever where nobody can say so any more.
    pub(super) async fn asked(&mut self) {
        if self.0.wait_for(|closes| *closes).await.is_err() {
            std::future::pending().await
        }
    }
}
