//! How long calls take at most, and how many run at once.

use std::time::Duration;

/// How long a call may take and how many run at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection and the handshake. The default, 10 s, lets TCP repeat its first packet three times
    /// (after 1, 3 and 7 seconds).
    pub connect: Duration,
    /// For the whole call, waiting for a free connection and reading the answer included. The default, 30 s, is far
    /// below the 230 s after which Azure's front end gives up.
    pub total: Duration,
    /// Calls at once through [`Outbound::send`](crate::Outbound::send); further calls wait. As many connections serve
    /// them, and briefly some more while a burst opens its first ones: a call that is served by another's connection
    /// leaves its own handshake to end in the pool. The default is 32: each costs some 50 kB here, and a partner's
    /// limit for one client is seldom lower.
    pub connections: usize,
    /// How long an unused connection is kept. The default, 60 s, is below the 75 s after which nginx closes it.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(30),
            connections: 32,
            idle: Duration::from_secs(60),
        }
    }
}
