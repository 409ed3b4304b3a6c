//! `host.json` and the variables that replace its values.

mod contents;
mod misspelt;
mod parse;
mod profile;
mod routes;
mod settings;
#[cfg(test)]
mod tests;
mod timespan;

pub use contents::{CustomHandler, FunctionTimeout, HostJson, HttpRoute, Profile};
