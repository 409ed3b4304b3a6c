//! Ending the process, gently or as the host does.

use std::time::Duration;

use tokio::process::Child;

/// How long the host waits for a killed handler to be gone (`WorkerProcess.cs`).
pub(super) const KILL_WAIT: Duration = Duration::from_secs(1);

/// How long a handler may take to end by itself when everything stops. The host kills it at once, and its last lines
/// with it.
pub(super) const TERMINATION_WAIT: Duration = Duration::from_secs(1);

/// Asks the process to end, and waits for it. Ctrl-C in a terminal has asked it already.
pub(super) async fn terminate(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            // It may be gone already.
            let _ = kill_process(id, Signal::TERM);
        }
        let _ = tokio::time::timeout(TERMINATION_WAIT, child.wait()).await;
    }
    #[cfg(not(unix))]
    let _ = child;
}

/// Kills it, and waits until it is gone.
pub(super) async fn kill(child: &mut Child) {
    // It may be gone already.
    let _ = tokio::time::timeout(KILL_WAIT, child.kill()).await;
}
