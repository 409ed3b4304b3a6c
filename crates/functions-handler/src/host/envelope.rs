//! The JSON envelope: how the host delivers a function that has other bindings than one `httpTrigger` and one `http`.
//!
//! ```text
//! POST /<Name>   {"Data": {"<trigger>": …, "<input>": …}, "Metadata": {…}}   ──▶ Envelope
//! 200            {"Outputs": {"<output>": …}, "Logs": [], "ReturnValue": …}  ◀── EnvelopeReply
//! ```
//!
//! Whether a request is one that only the host can have sent is not decided here: an envelope is read after that.

mod content;
mod counts;
mod early;
mod error;
mod headers;
mod http_request;
mod members;
mod opening;
mod part;
mod reading;
mod reply;
mod room;
mod structure;
mod tree;

pub use content::{Envelope, Triggering};
pub use early::EarlyRequest;
pub use error::EnvelopeError;
pub use headers::Headers;
pub use http_request::HttpRequest;
pub use opening::Opening;
pub use reply::{EnvelopeReply, HttpAnswer};
pub use room::{Allowance, NoRoom, Room};
