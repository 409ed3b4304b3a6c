#![doc = include_str!("../README.md")]

mod certificate_file;
mod document;
mod load;
mod named_files;
mod policy_file;
mod relative_name;
#[cfg(feature = "remote")]
mod remote;
mod revocation_lists;

pub use document::{
    CallerEntry, DeniedEntry, Document, ExtensionEntry, Locator, MAX_DOCUMENT_BYTES, Mistake,
    OnUncertain, Place, Position, Problem, RevocationEntry, RuleEntry, Text, TextKind,
    TrustDomainEntry, kind, schema,
};
pub use load::{Loaded, load};
pub use named_files::{Folder, MAX_FILE_BYTES, Unreadable};
pub use policy_file::{Attempt, Fingerprint, LoadedFile, PolicyFile, Unloadable};
pub use relative_name::{RelativeName, RelativeNameError};
#[cfg(feature = "remote")]
pub use remote::{
    CacheError, Credential, FetchError, InvalidMaxAge, InvalidUrl, ManagedIdentity, MaxAge,
    PolicyLocation, RemoteEvent, RemoteOptions, RemotePolicy, RemoteUrl, Snapshot, StoreTrust,
    Timeouts, TooOld, Unusable,
};
