//! Requests on their way to the upstream.

mod body;
mod expectation;
mod framing;
mod interim;
mod progress;
mod refused;

pub(crate) use body::RequestBody;
pub(crate) use expectation::{expectation, expects_continue};
pub(crate) use framing::frame;
pub(crate) use interim::InterimAnswers;
pub(crate) use progress::{Progress, unless_idle};
pub(crate) use refused::refused;
