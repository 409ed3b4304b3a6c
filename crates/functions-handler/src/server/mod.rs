//! The adapter to the Functions host: an accept loop of our own over one warp filter.
//!
//! ```text
//! listen ─▶ connection ─▶ app ─▶ guard ─▶ body of the function ─▶ reply
//!  limits    deadlines     │  │   one decision; a refusal is a reply
//!                          │  └▶ envelope: the same, with the certificate and the answer inside
//!                          └▶ audit ─▶ log
//! ```

mod app;
mod audit;
mod body;
mod clock;
mod connection;
mod envelope;
mod guard;
mod header_names;
mod host_post;
mod inner_head;
mod limits;
mod listen;
mod log;
mod refusals;
mod served;
mod trace;

pub use app::{App, imitable_envelopes};
pub use clock::Timestamp;
pub use limits::Limits;
pub use listen::{DRAIN_TIME, MAX_HEAD_BYTES, MAX_HEADERS, bind, serve};
pub use log::Log;
pub use refusals::Refusals;
pub use served::requirement;
