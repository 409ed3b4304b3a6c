//! `mtls policy`: makes policy documents, looks for what is seldom meant in them, and shows what they come to.

use std::process::ExitCode;

use clap::Subcommand;
use rustls_pki_types::UnixTime;

use crate::Failure;

mod add;
mod changes;
mod check;
mod conditions;
mod convert;
mod diff;
mod document_file;
mod insertion;
mod lint;
mod listed;
mod matrix;
mod show;
mod written;

pub(crate) use matrix::Matrix;

/// The commands.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    Add(Box<add::Add>),
    Check(check::Check),
    Convert(convert::Convert),
    Diff(diff::Diff),
    Show(show::Show),
}

impl PolicyCommand {
    /// Runs one of them; `now` is the instant at which windows and certificates are judged.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        match self {
            Self::Add(command) => command.run(now),
            Self::Check(command) => command.run(now),
            Self::Convert(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Show(command) => command.run(now),
        }
    }
}
