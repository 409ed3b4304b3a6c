//! Headers: what is taken from a request and an answer, and what is put in its place. No I/O.

mod added;
mod envelope;
mod field;
mod hop_by_hop;
mod location;
mod principal;
mod removed;
mod request;
mod response;
mod text;

pub(crate) use added::added;
pub use envelope::EnvelopeError;
pub(crate) use envelope::rewrite;
pub(crate) use hop_by_hop::remove_hop_by_hop;
pub(crate) use location::Rewriting;
pub(crate) use principal::principal_header;
pub(crate) use removed::Removal;
pub(crate) use request::{clean_trailers, renew_connection, request_headers};
pub(crate) use response::{clean_answer_trailers, response_headers};
pub(crate) use text::header_text;
