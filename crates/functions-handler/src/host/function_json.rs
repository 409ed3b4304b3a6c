//! One `function.json`: which requests reach a function, and whether they need a certificate.

mod auth_level;
mod binding;
mod function;
mod marker;
mod methods;
mod parse;
mod shape;
#[cfg(test)]
mod tests;

pub use auth_level::AuthLevel;
pub use function::{Function, HttpTrigger, Output, RequestShape, Trigger};
pub use marker::Marker;
pub use methods::Methods;
