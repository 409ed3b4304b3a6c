//! Admits callers of Azure Functions by the client certificate that the front end forwards.
//!
//! Who is trusted for what: the front end, once a setting declares it, to have proved that the caller holds the key of the
//! certificate in `X-ARR-ClientCert`; the Functions host, to call us on loopback; an authority that is configured, to
//! issue the listed names to their owners. Nobody else is trusted for anything, and everything else that arrives is
//! the caller's text.
//!
//! | module | what |
//! | --- | --- |
//! | [`auth`] | the pure core: header values, a policy and an instant in, a decision out |
//! | [`host`] | the Functions host's contract as data and parsing |
//! | [`config`] | text from the environment and from files, as types |
//! | `functions` | the bodies, and the registry that names them |
//! | `server` | warp behind an accept loop with limits |
//! | `outbound` | calls to services that demand our certificate |
//!
//! | feature | adds |
//! | --- | --- |
//! | `server` | `functions` and `server` |
//! | `outbound` | `outbound`, and the registry of this app's functions |
//! | `dev` | what the developer tool `mtls` needs; nothing of it is in this library |
//!
//! The deployed binary is built with `server` and `outbound`.

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
