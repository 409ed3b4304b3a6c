//! The requests to end that the system sends.

use std::io;

use crate::host::contract;

/// Waits for the first request to end, and gives the code to exit with.
///
/// It is never 0: hosts before 2026 take that for quiet and start no other handler.
pub(super) struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    /// Takes over the signals.
    #[cfg(unix)]
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Elsewhere there is Ctrl-C alone.
    #[cfg(not(unix))]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// The code to exit with, once the first signal is there.
    #[cfg(unix)]
    pub(super) async fn requested(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => contract::EXIT_SIGINT,
            _ = self.terminate.recv() => contract::EXIT_SIGTERM,
        }
    }

    /// The code to exit with, once Ctrl-C was pressed.
    #[cfg(not(unix))]
    pub(super) async fn requested(&mut self) -> u8 {
        // Without a console there is nothing to wait for: the host ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        contract::EXIT_SIGINT
    }
}
