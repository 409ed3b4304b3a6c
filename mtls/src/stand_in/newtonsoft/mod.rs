//! Newtonsoft.Json, by which the host reads the bodies of envelopes and of requests (`JsonTextReader.cs`), and writes what
//! it hands on (`JsonTextWriter.cs`, `JToken.ToString`).

mod date;
mod number;
mod reader;
mod token;
mod writer;

pub(super) use reader::read;
pub(super) use token::Token;
pub(super) use writer::{compact, indented, text};
