//! The functions: one file each, and the registry that names them.
//!
//! To add one: a folder with a `function.json`, a file here with a `run`, a line in
//! [`registry`](registry::registry). A secured body takes a [`Permit`](crate::auth::Permit), which only the decision can make.

mod cert_info;
mod health;
mod invocation;
mod public;
mod registry;
mod reply;
mod secured;

pub use invocation::{BodyError, Invocation, RequestBody};
pub use registry::{FunctionBody, Registry, registry};
pub use reply::Reply;
