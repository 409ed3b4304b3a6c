//! `mtls check`: what an app's folder says, and what of it would fail on Azure.
//!
//! ```text
//! folder ──▶ Subject ──▶ each check ──▶ Vec<Finding> ──▶ Report
//! ```
//!
//! Nothing is started and nothing is written. What the engine refuses is found by the engine's own reader ([`refused`]);
//! the other checks are about what the host, the package and the platform make of the files.

mod command;
mod declared;
mod dialect;
mod exposure;
mod finding;
mod funcignore;
mod json_file;
mod package;
mod platform;
mod program;
mod program_file;
mod refused;
mod report;
mod server;
mod stack;
mod subject;
mod unread_keys;

use std::path::PathBuf;
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;

use crate::failure::Failure;
use crate::output;

use finding::{Finding, Kind, Severity};
use report::Report;

pub(crate) use command::{Command, PROGRAM_KEY, Server};
pub(crate) use package::needed as needed_files;
pub(crate) use program::is_executable;
pub(crate) use program_file::ProgramFile;
pub(crate) use server::base as server_folder;
pub(crate) use subject::Subject;

/// What packing an app finds by itself, or what is said about this machine and is not deployed with the app.
const NOT_OF_THE_PACKAGE: [Kind; 4] = [
    Kind::PackageLeaks,
    Kind::ProgramMissing,
    Kind::Setting,
    Kind::Stack,
];

/// One question about an app.
type Question = fn(&Subject) -> Vec<Finding>;

const QUESTIONS: [Question; 9] = [
    refused::findings,
    dialect::findings,
    unread_keys::findings,
    exposure::findings,
    program::findings,
    server::findings,
    stack::findings,
    platform::findings,
    package::findings,
];

/// What is found about an app that counts for its package.
pub(crate) struct OfThePackage {
    /// What the package would have too.
    pub(crate) errors: Vec<Problem>,
    /// What its rules leave open.
    pub(crate) warnings: Vec<Problem>,
}

/// The findings about an app that count for its package.
pub(crate) fn of_the_package(subject: &Subject) -> OfThePackage {
    let findings = QUESTIONS.iter().flat_map(|question| question(subject));
    let (errors, others): (Vec<_>, Vec<_>) =
        findings.partition(|finding| finding.severity == Severity::Error);
    let errors = errors.iter();
    let errors = errors.filter(|finding| !NOT_OF_THE_PACKAGE.contains(&finding.kind));
    let warnings = others.iter().filter(|finding| {
        finding.severity == Severity::Warning && finding.kind == Kind::PackageLeaks
    });
    OfThePackage {
        errors: errors.map(Finding::problem).collect(),
        warnings: warnings.map(Finding::problem).collect(),
    }
}

/// Read an app's folder and say what is public, how requests arrive, and what would fail on Azure
///
/// Starts and writes nothing. Each finding has a severity, a file with its line, what was found, what happens and what to do.
/// Exit 0: no error; 1: errors; 64: no app.
#[derive(Args)]
pub(crate) struct Check {
    /// The app's folder, with host.json
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Prints everything that was found.
    ///
    /// # Errors
    ///
    /// A folder without `host.json`: exit 64.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let subject = Subject::read(&self.folder)?;
        let findings = QUESTIONS.iter().flat_map(|question| question(&subject));
        let report = Report::new(&subject, findings.collect());
        if self.json {
            output::print_json(&report)?;
        } else {
            output::print(&report.to_string())?;
        }
        Ok(match report.has_errors() {
            true => ExitCode::FAILURE,
            false => ExitCode::SUCCESS,
        })
    }
}
