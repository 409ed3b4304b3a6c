//! The JSON envelope as the host writes and reads it. Pure.

mod reply;
mod request;

pub(super) use reply::{Answered, NoReply, read};
pub(super) use request::{Call, head, text};
