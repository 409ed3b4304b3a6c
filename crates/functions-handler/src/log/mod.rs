//! The log: lines on standard output, one JSON object each, and what they say about requests.
//!
//! Every line is serialized by serde from typed values, so that nothing that a request, a certificate or the host contains
//! ends a line or adds a member to one.
//!
//! ```text
//! a call ─▶ Subject ─▶ Record ─▶ refused, or no function ───────────────────────────▶ a line of its own
//!                        └─────▶ admitted, or public ─▶ CLIENT_CERT_AUDIT: all ─────▶ a line of its own
//!                                                          └─▶ refusals ─▶ Calls ───▶ lines that sum up, once a minute
//! ```

mod access_line;
mod address;
mod answered;
mod audit;
mod caller_text;
mod calls;
mod calls_line;
mod clock;
mod decision_line;
mod expiry_line;
mod failure_line;
mod invocation_id;
mod line_format;
mod rule_text;
mod shortened;
mod subject;
mod sum_up;
#[cfg(test)]
mod tests;
mod tried;
mod writer;

pub(crate) use address::address;
pub(crate) use audit::{Audit, Record};
pub(crate) use caller_text::CallerText;
pub use clock::Timestamp;
pub(crate) use clock::system_time;
pub(crate) use failure_line::FailureLine;
pub(crate) use invocation_id::guid;
pub(crate) use rule_text::rule_text;
pub(crate) use shortened::shortened;
pub(crate) use subject::Subject;
pub(crate) use sum_up::sum_up;
pub use writer::Log;
