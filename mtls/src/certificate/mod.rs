//! `mtls certificate`: makes, shows, encodes and revokes certificates.

use std::process::ExitCode;

use clap::Subcommand;
use rustls_pki_types::UnixTime;

use crate::Failure;

mod alternative_names;
mod as_identity;
mod authority;
mod element;
pub(crate) mod extension;
pub(crate) mod facts;
mod facts_text;
mod header;
pub(crate) mod issue;
pub(crate) mod key;
mod made;
pub(crate) mod names;
mod new;
pub(crate) mod revocation_list;
mod revoke;
mod show;
pub(crate) mod subject;
pub(crate) mod validity;

/// The commands.
#[derive(Subcommand)]
pub(crate) enum Certificate {
    New(new::New),
    Revoke(revoke::Revoke),
    Show(show::Show),
    Header(header::Header),
}

impl Certificate {
    /// Runs one of them; `now` is the start of a new certificate or list, and the instant that `show` counts from.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        match self {
            Self::New(command) => command.run(now),
            Self::Revoke(command) => command.run(now),
            Self::Show(command) => command.run(now),
            Self::Header(command) => command.run(),
        }
    }
}
