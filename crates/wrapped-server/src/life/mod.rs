//! The lives of the server, one after the other.

mod attached;
mod one_life;
mod restarts;
mod stop;
mod supervisor;

pub(crate) use attached::attach;
pub(crate) use stop::{StopSignal, stop_signal};
pub(crate) use supervisor::{Plan, Supervisor};
