#![doc = include_str!("../README.md")]

mod declared;
mod environment;
mod file;
mod file_error;
mod list;
mod named_file;
mod problem;
mod reading;
mod reference;
mod turn;
mod value;
mod word;

pub use declared::{DeclaredSettings, KnownSettings};
pub use environment::Environment;
pub use file::{folders_with, read_file, read_file_below};
pub use file_error::FileError;
pub use list::{ListEntry, parse_list};
pub use named_file::NamedFile;
pub use problem::Problem;
pub use reading::{FILE_READ_TIMEOUT, Interrupted, Reading, begin_reading};
pub use value::{HarmlessSetting, Value, is_key_material};
pub use word::nearest;
