//! The policy document: what people write.

mod caller;
mod check;
mod denied;
mod finding;
pub mod kind;
mod locator;
mod place;
mod problem;
mod reader;
mod rule;
mod schema;
mod shown;
mod source;
mod text;
mod top;
mod trust_domain;
mod window;

pub use caller::CallerEntry;
pub use denied::DeniedEntry;
pub(crate) use finding::Findings;
pub use locator::Locator;
pub use place::Place;
pub use problem::{Position, Problem};
pub use rule::{ExtensionEntry, RuleEntry};
pub use schema::schema;
pub use source::MAX_DOCUMENT_BYTES;
pub(crate) use source::Source;
pub use text::{Mistake, Text, TextKind};
pub use top::Document;
pub use trust_domain::{OnUncertain, RevocationEntry, TrustDomainEntry};
