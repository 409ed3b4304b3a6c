//! The adapter to the Functions host: an accept loop of our own over one warp filter.
//!
//! ```text
//! listen ─▶ connection ─▶ app ─▶ guard ─▶ body of the function ─▶ reply
//!  limits    deadlines     │      one verdict; a refusal is a reply
//!                          └▶ audit ─▶ log
//! ```

mod app;
mod audit;
mod body;
mod clock;
mod connection;
mod guard;
mod header_names;
mod listen;
mod log;
mod refusals;
mod trace;

pub use app::{App, requirement};
pub use clock::Timestamp;
pub use listen::{DRAIN_TIME, MAX_HEAD_BYTES, MAX_HEADERS, bind, serve};
pub use log::Log;
pub use refusals::Refusals;
