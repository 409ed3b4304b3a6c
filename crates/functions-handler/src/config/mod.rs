//! Text from the environment and from files, turned into types. Every problem of a start is reported at once.

mod app_root;
mod audit_scope;
mod cut_name;
mod denied_status;
mod document;
mod front_end;
mod known;
mod listed;
mod origins;
mod place;
mod policies;
mod settings;
mod trust;
mod unused_days;

pub use app_root::{AppRoot, MAX_FILE_BYTES};
pub use audit_scope::AuditScope;
pub use denied_status::DeniedStatus;
pub(crate) use document::RemoteSource;
pub(crate) use document::{Applied, FileSource, LastLook, ListSource, PolicySource, Taken};
pub use known::DECLARED;
pub use origins::AllowedOrigins;
pub use policies::Policies;
pub use settings::Settings;
pub(crate) use settings::StartedDocument;
pub use unused_days::UnusedDays;
