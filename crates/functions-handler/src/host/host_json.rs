//! `host.json` and the variables that replace its values.

mod contents;
mod misspelt;
mod parse;
mod settings;
#[cfg(test)]
mod tests;
mod timespan;

pub use contents::{CustomHandler, FunctionTimeout, HostJson};
