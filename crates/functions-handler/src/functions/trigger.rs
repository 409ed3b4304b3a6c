//! One run of a function that no HTTP request starts.

use std::fmt;

use serde_json::{Map, Value};

use super::invocation::InvocationId;

/// What started a function that has no caller: a timer, a message on a queue.
///
/// The host alone delivers it, and nobody is authenticated: there is no certificate to look at. What a message holds
/// is as trustworthy as whoever may write to the queue.
#[derive(Debug)]
#[non_exhaustive]
pub struct Trigger {
    /// The host's id of the run, or a fresh one.
    pub id: InvocationId,
    /// The name of the trigger's binding.
    pub name: String,
    /// The value of the trigger's binding: a message, or what a timer says about itself.
    pub data: Value,
    /// What else the host knows, such as how often a message has been delivered.
    pub metadata: Map<String, Value>,
    /// The values of other input bindings, by their names.
    pub inputs: Map<String, Value>,
}

/// A run that did not succeed. The host counts it as failed and, where the trigger or a retry policy says so, runs the
/// function again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TriggerFailed(
    /// The reason for the log: a fixed text, so that nothing of a message ends up there.
    pub &'static str,
);

impl fmt::Display for TriggerFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for TriggerFailed {}
