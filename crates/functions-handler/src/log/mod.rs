//! The log: lines on standard output, one JSON object each, and what they say about requests.
//!
//! Every line is serialized by serde from typed values, so that nothing that a request, a certificate or the host contains
//! ends a line or adds a member to one.

mod audit;
mod caller_text;
mod clock;
mod invocation_id;
mod tried;
mod writer;

pub(crate) use audit::{Audit, FailureLine, Record, Subject};
pub(crate) use caller_text::CallerText;
pub use clock::Timestamp;
pub(crate) use invocation_id::{guid, invocation_id};
pub use writer::Log;
