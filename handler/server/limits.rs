//! How much a request may ask for.

use std::time::Duration;

use crate::host::{FunctionTimeout, contract};

/// What is left of the host's time when a body is given up: at the end of it the host kills the process, and every
/// other request with it.
const MARGIN: Duration = Duration::from_secs(1);

/// The bounds of one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Bytes of a body: what the host lets through.
    pub body_bytes: u64,
    /// How long the body of a function may take for a caller. Then he gets 504.
    pub body_time: Duration,
}

impl Limits {
    /// The bounds under a host with this limit of bodies and this time-out of functions.
    ///
    /// The front end of Azure gives a request up after 230 s, so no caller waits longer for a body.
    pub fn new(body_bytes: u64, timeout: FunctionTimeout) -> Self {
        let of_host = match timeout {
            FunctionTimeout::After(timeout) => timeout.saturating_sub(MARGIN),
            // The shortest default of any plan is longer than the front end waits.
            FunctionTimeout::PlanDefault | FunctionTimeout::Unlimited => {
                contract::FRONT_END_TIMEOUT
            }
        };
        Self {
            body_bytes,
            body_time: of_host.min(contract::FRONT_END_TIMEOUT),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(contract::BODY_LIMIT, FunctionTimeout::PlanDefault)
    }
}
