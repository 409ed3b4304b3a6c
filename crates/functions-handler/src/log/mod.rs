//! The log: lines on standard output, one JSON object each, and what they say about requests.
//!
//! Every line is serialized by serde from typed values, so that nothing that a request, a certificate or the host contains
//! ends a line or adds a member to one.

mod access_line;
mod answered;
mod audit;
mod caller_text;
mod clock;
mod decision_line;
mod expiry_line;
mod failure_line;
mod invocation_id;
mod line_format;
mod shortened;
mod subject;
#[cfg(test)]
mod tests;
mod tried;
mod writer;

pub(crate) use audit::{Audit, Record};
pub(crate) use caller_text::CallerText;
pub use clock::Timestamp;
pub(crate) use clock::system_time;
pub(crate) use failure_line::FailureLine;
pub(crate) use invocation_id::guid;
pub(crate) use shortened::shortened;
pub(crate) use subject::Subject;
pub use writer::Log;
