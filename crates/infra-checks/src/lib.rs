#![doc = include_str!("../README.md")]

mod cursor;
mod expression;
mod infra;
mod parser;
mod resource;
mod scope;
mod template;
mod token;
mod value;

pub use expression::{Expression, Part};
pub use infra::Infra;
pub use resource::Resource;
pub use template::{Declared, Module, Output, Parameter, Template};
pub use value::Value;
