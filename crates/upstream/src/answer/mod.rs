//! Answers on their way to the caller.

mod body;
mod broken_off;
mod event_stream;
mod framing;
mod quiet;

pub(crate) use body::Rest;
pub use body::UpstreamBody;
pub use broken_off::BrokenOff;
pub(crate) use event_stream::is_event_stream;
pub(crate) use framing::{Framing, framing};
