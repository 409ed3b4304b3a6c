//! The handler as a child process, started, probed, started again and killed as the Functions host does it.

mod command_line;
mod end;
mod ended;
mod launch;
mod probe;
mod restarts;
mod supervisor;
mod tether;
mod variables;

pub(crate) use command_line::{arguments, expanded};
pub(crate) use ended::Ended;
pub(crate) use launch::Launch;
pub(crate) use supervisor::HandlerProcess;
pub(crate) use tether::Become;
pub(crate) use variables::Variables;
