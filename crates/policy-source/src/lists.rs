//! Revocation lists at the URLs that a document names: fetched before they are stale, off the path of every request.
//!
//! ```text
//! LoadedDocument::wanted_lists ─want()─▶ ListFetcher ─next()─▶ ListEvent::Changed ─▶ the engine applies lists() to its policies
//!                                          │ schedule: when          ▲
//!                                          ▼                         │
//!                                        Attempt: GET, conditional ──┴─▶ the copy for the next start
//! ```
//!
//! One download at a time. A list is taken in place of another only if an authority of the domain signed it and it is no older:
//! anybody on the way of an http URL can show what they like. What is not taken changes nothing, and the last list stays. No URL in
//! a certificate is ever fetched.

mod attempt;
mod copy;
mod event;
mod fetcher;
mod options;
mod place;
mod schedule;

pub use event::{ListEvent, ListFault};
pub use fetcher::ListFetcher;
pub use options::ListOptions;
