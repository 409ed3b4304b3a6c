//! A policy document that is an Azure blob or any https URL, with the files that it names.
//!
//! ```text
//! RemoteOptions ─▶ RemotePolicy ─next()─▶ RemoteEvent ─▶ the engine loads the Snapshot ─accept()─▶ the last good copy
//!                    │ Schedule: when        ▲
//!                    ▼                       │
//!                  Store: GET, conditional ──┘  ◀── Credential: a token of the managed identity, or the URL's own query
//! ```
//!
//! Nothing here knows what a policy is: a snapshot that the engine cannot load is never accepted, and what was accepted before
//! stays the last good copy.

mod blob;
mod cache;
pub(crate) mod client;
mod fetch_error;
mod gather;
mod location;
mod max_age;
mod options;
mod policy;
mod remote_url;
pub(crate) mod schedule;
mod snapshot;
mod store;

pub use cache::CacheError;
pub use fetch_error::FetchError;
pub use location::PolicyLocation;
pub use max_age::{InvalidMaxAge, MaxAge};
pub use options::{Credential, RemoteOptions, StoreTrust, Timeouts, TooOld, Unusable};
pub use policy::{RemoteEvent, RemotePolicy};
pub use remote_url::{InvalidUrl, RemoteUrl};
pub use snapshot::Snapshot;

pub use managed_identity::ManagedIdentity;
