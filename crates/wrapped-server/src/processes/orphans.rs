//! Orphans that this process adopts because it is process 1, or a subreaper.

use std::collections::HashSet;
use std::time::Duration;

use rustix::process::{Pid, WaitOptions, getpid, waitpid};
use tokio::signal::unix::{SignalKind, signal};

use super::ended_children;

/// How long a child that ended is left to whoever started it.
const CLAIM_TIME: Duration = Duration::from_secs(1);

/// Reaps adopted children for ever; returns at once in a process that adopts none.
pub(crate) async fn reap_orphans() {
    if !adopts() {
        return;
    }
    let Ok(mut ended) = signal(SignalKind::child()) else {
        return;
    };
    loop {
        reap_unclaimed().await;
        if ended.recv().await.is_none() {
            return;
        }
    }
}

fn adopts() -> bool {
    #[cfg(target_os = "linux")]
    let is_subreaper = rustix::process::child_subreaper().is_ok_and(|pid| pid.is_some());
    #[cfg(not(target_os = "linux"))]
    let is_subreaper = false;
    getpid() == Pid::INIT || is_subreaper
}

/// Until no ended child is left, reaps those that were there a while ago already.
async fn reap_unclaimed() {
    let mut seen = HashSet::new();
    loop {
        let ended = ended_children(getpid());
        for pid in ended.intersection(&seen) {
            // Somebody may have been faster.
            let _ = waitpid(Some(*pid), WaitOptions::NOHANG);
        }
        if ended.is_empty() {
            return;
        }
        seen = ended;
        tokio::time::sleep(CLAIM_TIME).await;
    }
}
