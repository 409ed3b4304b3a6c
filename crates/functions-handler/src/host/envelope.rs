//! The JSON envelope: how the host delivers a function that has other bindings than one `httpTrigger` and one `http`.
//!
//! ```text
//! POST /<Name>   {"Data": {"<trigger>": …, "<input>": …}, "Metadata": {…}}   ──▶ Envelope
//! 200            {"Outputs": {"<output>": …}, "Logs": [], "ReturnValue": …}  ◀── EnvelopeReply
//! ```
//!
//! Whether a request is one that only the host can have sent is not decided here: an envelope is read after that.

mod early;
mod reply;
mod request;
mod tree;

pub use early::EarlyRequest;
pub use reply::{EnvelopeReply, HttpAnswer};
pub use request::{Envelope, EnvelopeError, Headers, HttpRequest, Triggering};
