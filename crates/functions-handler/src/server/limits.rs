//! How much a request may ask for.

use std::time::Duration;

use crate::host::{FunctionTimeout, contract};

/// What is left of the host's time when a call is given up: at the end of it the host kills the process, and every
/// other request with it.
const MARGIN: Duration = Duration::from_secs(1);

/// The bounds of one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of a body: what the host lets through.
    pub body_bytes: u64,
    /// How long an implementation may take for a caller, who then gets 504.
    pub call_time: Duration,
    /// How long an implementation may take for a trigger without a caller, and the app's fallback for any call; `None`: as
    /// long as it takes.
    pub trigger_time: Option<Duration>,
}

impl Limits {
    /// The bounds under a host with this limit of bodies and this time-out of functions.
    ///
    /// The front end of Azure gives a request up after 230 s, so no caller waits longer.
    pub fn new(body_bytes: u64, timeout: FunctionTimeout) -> Self {
        let trigger_time = match timeout {
            // A time-out that is no longer than the margin leaves half of itself.
            FunctionTimeout::After(timeout) => {
                Some(timeout.saturating_sub(MARGIN).max(timeout / 2))
            }
            FunctionTimeout::PlanDefault | FunctionTimeout::Unlimited => None,
        };
        // The shortest default of any plan is longer than the front end waits.
        let of_host = trigger_time.unwrap_or(contract::FRONT_END_TIMEOUT);
        Self {
            body_bytes,
            call_time: of_host.min(contract::FRONT_END_TIMEOUT),
            trigger_time,
        }
    }

    /// The most bytes of an envelope. The host writes a JSON body twice, escaped, and other bodies as base64.
    pub(super) fn envelope_bytes(self) -> u64 {
        /// Room for the rest of an envelope: heads have 64 KB at most.
        const OTHER_MEMBERS: u64 = 1024 * 1024;
        self.body_bytes
            .saturating_mul(4)
            .saturating_add(OTHER_MEMBERS)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(contract::BODY_LIMIT, FunctionTimeout::PlanDefault)
    }
}
