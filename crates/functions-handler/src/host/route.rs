//! Route templates, matched as ASP.NET Core's conventional routing matches them for the host.

mod constraint;
mod number;
mod parse;
mod prefix;
mod segment;
mod template;
#[cfg(test)]
mod tests;
mod values;

pub use parse::RouteError;
pub use prefix::RoutePrefix;
pub use template::RouteTemplate;
pub use values::RouteValues;
