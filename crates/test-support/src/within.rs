//! Waits that end.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use tokio::time::timeout;

/// How long whatever a test waits for may take. Slower than any machine that builds, and no test waits for ever.
const LONGEST: Duration = Duration::from_secs(60);

/// Waits for something, and fails with what was waited for where it does not come.
pub async fn within<T>(what: impl fmt::Display, awaited: impl Future<Output = T>) -> T {
    match timeout(LONGEST, awaited).await {
        Ok(came) => came,
        Err(_) => panic!("expected {what} within {LONGEST:?}, found that it does not come"),
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    #[should_panic(expected = "expected the list of Root within 60s")]
    async fn what_does_not_come_fails_with_what_was_waited_for() {
        within("the list of Root", pending::<()>()).await;
    }
}
