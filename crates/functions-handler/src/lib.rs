#![doc = include_str!("../README.md")]
//!
//! # Who is trusted for what
//!
//! The front end, once a setting declares it, to have proved that the caller holds the key of the
//! certificate in `X-ARR-ClientCert`; the Functions host, to call us on loopback; an authority that is configured, to
//! issue the listed names to their owners. Nobody else is trusted for anything, and everything else that arrives is
//! the caller's text.
//!
//! | module | what |
//! | --- | --- |
//! | [`functions`] | what an implementation takes and answers, and the registry that names them |
//! | [`host`] | the Functions host's contract as data and parsing |
//! | [`config`] | text from the environment and from files, as types |
//! | [`server`] | warp behind an accept loop with limits |

pub mod config;
mod daily;
pub mod functions;
mod guard;
mod handler;
pub mod host;
mod loaded;
mod log;
mod ready;
mod reload;
mod report;
pub mod server;
mod setup;
mod signals;
mod start;
mod start_line;

pub use client_cert::{Permit, Requirement};
pub use config::Policies;
pub use guard::{Guard, GuardLayer, GuardService, Refused};
pub use handler::{Handler, run};
pub use reload::PolicyWatch;
pub use signals::Hangups;
pub use start::Start;
