//! One `function.json`: which requests reach a function, and whether they need a certificate.

mod binding;
mod function;
mod methods;
mod parse;
mod shape;
#[cfg(test)]
mod tests;

pub use function::{Declaration, Function, HttpTrigger, Output, RequestShape, Trigger};
pub use methods::Methods;
