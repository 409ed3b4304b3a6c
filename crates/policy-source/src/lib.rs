#![doc = include_str!("../README.md")]

mod document;
mod relative_name;

pub use document::{
    CallerEntry, DeniedEntry, Document, ExtensionEntry, MAX_DOCUMENT_BYTES, OnUncertain, Place,
    Position, Problem, RevocationEntry, RuleEntry, Text, TextKind, TrustDomainEntry, kind, schema,
};
pub use relative_name::{RelativeName, RelativeNameError};
