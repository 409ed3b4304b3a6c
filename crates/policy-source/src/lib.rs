#![doc = include_str!("../README.md")]

mod certificate_file;
mod document;
mod load;
mod named_files;
mod relative_name;

pub use document::{
    CallerEntry, DeniedEntry, Document, ExtensionEntry, MAX_DOCUMENT_BYTES, Mistake, OnUncertain,
    Place, Position, Problem, RevocationEntry, RuleEntry, Text, TextKind, TrustDomainEntry, kind,
    schema,
};
pub use load::{Loaded, load};
pub use named_files::{Folder, MAX_FILE_BYTES, Unreadable};
pub use relative_name::{RelativeName, RelativeNameError};
