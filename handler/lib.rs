//! Admits callers of Azure Functions by the client certificate that the front end forwards.

pub mod auth;
pub mod config;
#[cfg(feature = "server")]
pub mod functions;
pub mod host;
#[cfg(feature = "outbound")]
pub mod outbound;
mod problem;
#[cfg(feature = "server")]
pub mod server;

pub use problem::Problem;
