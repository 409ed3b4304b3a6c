#![doc = include_str!("../README.md")]

mod certificate_file;
mod document;
mod fetched_lists;
mod file_lists;
mod list_encoding;
mod list_url;
mod listed_policy;
#[cfg(feature = "remote")]
mod lists;
mod load;
mod loaded_document;
mod named_files;
mod policy_file;
mod relative_name;
#[cfg(feature = "remote")]
mod remote;
#[cfg(feature = "remote")]
mod sealed_file;
mod wanted_lists;

pub use certificate_file::{CertificateFileError, OtherFormat, certificates};
pub use document::{
    CallerEntry, DeniedEntry, Document, ExtensionEntry, Locator, MAX_DOCUMENT_BYTES, Mistake,
    OnUncertain, Place, Position, Problem, RevocationEntry, RuleEntry, Text, TextKind,
    TrustDomainEntry, kind, schema,
};
pub use fetched_lists::{FetchedList, FetchedLists};
pub use list_encoding::NoList;
pub use list_url::{InvalidListUrl, ListUrl};
pub use listed_policy::ListedPolicy;
#[cfg(feature = "remote")]
pub use lists::{ListEvent, ListFault, ListFetcher, ListOptions};
pub use load::{Loaded, load, load_keeping};
pub use loaded_document::{LoadedDocument, Unloadable};
pub use named_files::{Folder, MAX_FILE_BYTES, Unreadable};
pub use policy_file::{Attempt, Fingerprint, PolicyFile};
pub use relative_name::{RelativeName, RelativeNameError};
#[cfg(feature = "remote")]
pub use remote::{
    CacheError, Credential, FetchError, InvalidMaxAge, InvalidUrl, ManagedIdentity, MaxAge,
    PolicyLocation, RemoteEvent, RemoteOptions, RemotePolicy, RemoteUrl, Snapshot, StoreTrust,
    Timeouts, TooOld, Unusable,
};
#[cfg(feature = "remote")]
pub use sealed_file::remove_unfinished;
pub use wanted_lists::WantedLists;
