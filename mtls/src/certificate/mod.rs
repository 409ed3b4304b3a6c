//! `mtls certificate`: makes, shows and encodes certificates.

use std::process::ExitCode;

use clap::Subcommand;
use rustls_pki_types::UnixTime;

use crate::Failure;

mod alternative_names;
mod as_identity;
mod authority;
pub(crate) mod facts;
mod facts_text;
mod header;
pub(crate) mod issue;
pub(crate) mod key;
mod made;
pub(crate) mod names;
mod new;
mod show;
pub(crate) mod validity;

/// The three commands.
#[derive(Subcommand)]
pub(crate) enum Certificate {
    New(new::New),
    Show(show::Show),
    Header(header::Header),
}

impl Certificate {
    /// Runs one of them; `now` is the start of a new certificate and the instant that `show` counts from.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        match self {
            Self::New(command) => command.run(now),
            Self::Show(command) => command.run(now),
            Self::Header(command) => command.run(),
        }
    }
}
