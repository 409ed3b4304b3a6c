//! What an implementation takes and answers, and the registry that names them.

mod head;
mod invocation;
mod outputs;
mod registry;
mod reply;
mod trigger;

pub use head::{Head, TraceParent};
pub use invocation::{BodyError, Invocation, InvocationId, RequestBody};
pub use outputs::Outputs;
pub use registry::{FunctionBody, Registry};
pub use reply::Reply;
pub use trigger::{Trigger, TriggerFailed};
