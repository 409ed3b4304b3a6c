//! App settings and the files they name: every problem at once, and no secret in any message.

mod declared;
mod environment;
mod problem;

pub use declared::{DeclaredSettings, KnownSettings};
pub use environment::Environment;
pub use problem::Problem;
