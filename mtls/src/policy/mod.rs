//! `mtls policy`: makes policy documents, looks for what is seldom meant in them, and shows what they come to.

use std::process::ExitCode;

use clap::Subcommand;
use rustls_pki_types::UnixTime;

use crate::Failure;

mod check;
mod convert;
mod document_file;
mod lint;
mod listed;
mod written;

/// The commands.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    Check(check::Check),
    Convert(convert::Convert),
}

impl PolicyCommand {
    /// Runs one of them; `now` is the instant at which windows and certificates are judged.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(command) => command.run(now),
            Self::Convert(command) => command.run(),
        }
    }
}
