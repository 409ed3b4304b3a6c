//! What the system knows of processes: `/proc` on Linux, nothing elsewhere.

mod listeners;
mod orphans;
mod table;

pub(crate) use listeners::{is_loopback, listeners, shows_listeners};
pub(crate) use orphans::reap_orphans;
pub(crate) use table::{descendants, ended_children};
