#![doc = include_str!("../README.md")]
#![cfg(unix)]

mod command;
mod ending;
mod event;
mod life;
mod listen;
mod output;
mod processes;
mod readiness;
mod server;
mod state;
mod tether;

pub use command::{MissingPart, NotRunnable, PORT_VARIABLES, PortVariable, ServerCommand, Value};
pub use ending::{End, Ending, Hopeless, NotStarted};
pub use event::Event;
pub use listen::Listen;
pub use output::Output;
pub use readiness::{InvalidStatuses, NotYet, ReadyWhen, Statuses};
pub use server::{ServerOptions, WrappedServer};
pub use state::{NotReady, Ready, WhyNot};
pub use tether::run_if_asked;
