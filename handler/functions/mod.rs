//! The functions: one file each, and the registry that names them.
//!
//! To add one: a folder with a `function.json`, a file here with a `run`, a line in
//! [`registry`](registry::registry). A secured body takes a [`Permit`](crate::auth::Permit), which only the decision can make.

#[cfg(feature = "outbound")]
mod cert_info;
mod head;
#[cfg(feature = "outbound")]
mod health;
mod invocation;
#[cfg(feature = "outbound")]
mod outbound_mtls;
mod outputs;
#[cfg(feature = "outbound")]
mod public;
#[cfg(feature = "outbound")]
mod queue_output;
mod registry;
mod reply;
#[cfg(feature = "outbound")]
mod secured;
mod trigger;

pub use head::{Head, TraceParent};
pub use invocation::{BodyError, Invocation, InvocationId, RequestBody};
#[cfg(feature = "outbound")]
pub use outbound_mtls::OutboundCalls;
pub use outputs::Outputs;
#[cfg(feature = "outbound")]
pub use registry::registry;
pub use registry::{FunctionBody, Registry};
pub use reply::Reply;
pub use trigger::{Trigger, TriggerFailed};
