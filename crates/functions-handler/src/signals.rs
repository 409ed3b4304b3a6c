//! The signals of the system: requests to end, and to load again.

use std::io;

use tokio::sync::watch;

use crate::host::contract;

/// Waits for the first request to end, and gives the code to exit with.
///
/// It is never 0: hosts before 2026 take that for quiet and start no other handler.
pub(crate) struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    /// Takes over the signals.
    #[cfg(unix)]
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Elsewhere there is Ctrl-C alone.
    #[cfg(not(unix))]
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The code to exit with, once the first signal is there.
    #[cfg(unix)]
    pub(crate) async fn requested(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => contract::EXIT_SIGINT,
            _ = self.terminate.recv() => contract::EXIT_SIGTERM,
        }
    }

    /// The code to exit with, once Ctrl-C was pressed.
    #[cfg(not(unix))]
    pub(crate) async fn requested(&mut self) -> u8 {
        // Without a console there is nothing to wait for: the host ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        contract::EXIT_SIGINT
    }
}

/// The signals SIGHUP of this process, which ask to load again what may have changed.
#[derive(Clone, Debug)]
pub struct Hangups(watch::Receiver<()>);

impl Hangups {
    /// Waits for the next one. Where there is no such signal, it never comes.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Takes over SIGHUP at once: by default it would end the process.
    #[cfg(unix)]
    pub(crate) fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let (sender, receiver) = watch::channel(());
        if let Ok(mut hangup) = signal(SignalKind::hangup()) {
            tokio::spawn(async move {
                while hangup.recv().await.is_some() {
                    sender.send_replace(());
                }
            });
        }
        Self(receiver)
    }

    #[cfg(not(unix))]
    pub(crate) fn new() -> Self {
        Self(watch::channel(()).1)
    }
}
