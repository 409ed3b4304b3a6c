//! The adapter to the Functions host: an accept loop of our own over one warp filter.
//!
//! ```text
//! listen ─▶ connection ─▶ respond ─▶ app: the one look-up ─▶ filter ─▶ guard ─▶ call ─▶ run: the implementation
//!  limits    time-outs                  │                     │
//!            leaving                    │                     └─▶ envelope: the same, with the certificate and the
//!                                       │                         answer inside; budget
//!                                       └─▶ handed_on: a function without one, past warp ─▶ guard ─▶ the fallback
//! ```

mod app;
mod arriving;
mod body;
mod budget;
mod call;
mod connection;
mod connections;
mod dialect;
mod entry;
mod envelope;
mod failed;
mod filter;
mod handed_answer;
mod handed_on;
mod held;
mod host_post;
mod in_flight;
mod inner_call;
mod inner_head;
mod leaving;
mod limits;
mod listen;
mod opened;
mod peer;
mod refused;
mod respond;
mod run;
mod target;
mod unreadable;

pub use app::{App, imitable_envelopes};
pub use entry::requirement;
pub use limits::Limits;
pub use listen::{
    DRAIN_TIMEOUT, MAX_CONNECTIONS, MAX_HEAD_BYTES, MAX_HEADERS, MAX_UNFINISHED_HEAD_BYTES, bind,
    serve,
};

pub use crate::log::{Log, Timestamp};
