#![doc = include_str!("../README.md")]

mod declared;
mod environment;
mod file;
mod named_file;
mod problem;
mod value;

pub use declared::{DeclaredSettings, KnownSettings};
pub use environment::Environment;
pub use file::{FILE_READ_TIMEOUT, FileError, folders_with, read_file};
pub use named_file::NamedFile;
pub use problem::Problem;
pub use value::{HarmlessSetting, Value, is_key_material};
