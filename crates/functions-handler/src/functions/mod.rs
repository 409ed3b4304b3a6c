//! What an implementation takes and answers, and the registry that names them.

mod fallback;
mod head;
mod implementation;
mod input;
mod invocation;
mod outputs;
mod problem;
mod registry;
mod reply;
mod reply_body;
#[cfg(feature = "test-util")]
mod test_util;
mod trigger;

pub use fallback::{
    AdmittedCaller, Delivery, FallbackBody, FallbackCall, ForwardedCertificate, UpstreamAnswer,
};
pub(crate) use fallback::{FallbackAnswer, FallbackFn};
pub use head::{Head, TraceParent};
pub(crate) use implementation::{Implementation, PublicFn, SecuredFn, TriggeredFn};
pub use input::JSON_BODY_LIMIT;
pub use invocation::{BodyError, Invocation, InvocationId, RequestBody};
pub use outputs::Outputs;
pub(crate) use problem::{PROBLEM_JSON, Problem};
pub use registry::Registry;
pub use reply::Reply;
pub use reply_body::{ReplyBody, StreamError};
#[cfg(feature = "test-util")]
pub use test_util::InvocationBuilder;
pub use trigger::{Trigger, TriggerFailed};
