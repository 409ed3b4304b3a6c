//! `mtls probe`: looks at a deployed app from outside, as a caller with, without and with a forged certificate.
//!
//! ```text
//! command ─▶ target, identity, trust       what is asked for; all problems at once
//!        └─▶ examination                    sends forgeries (the plan) through caller, one connection each
//!              ├─▶ judgement                pure: what was expected and what came, in a row
//!              └─▶ report                   the rows as a table or as JSON
//! ```
//!
//! Every request is a `GET` of the plan. Nothing is followed, repeated or guessed; each connection has a
//! deadline and each answer a size.

mod answer;
mod bounded_stream;
mod caller;
mod command;
mod comparison;
mod examination;
mod forgeries;
mod handshakes;
mod identity;
mod judgement;
mod mode;
mod other_headers;
mod outcome;
mod passwords;
mod progress;
mod report;
mod row;
mod target;
mod trust;
mod walks;

pub(crate) use command::Probe;
pub(crate) use passwords::CallerPasswords;
pub(crate) use target::Target;
