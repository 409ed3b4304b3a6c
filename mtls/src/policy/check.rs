//! `mtls policy check`: every problem of a document, and what in it is seldom meant.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use client_cert::Certificate;
use functions_handler::config::AppRoot;
use functions_handler::host::Function;
use policy_source::Problem;
use rustls_pki_types::UnixTime;
use serde::Serialize;

use super::document_file::{DocumentFile, Opened};
use super::lint::{ListFacts, Subject, Warning, Warnings};
use crate::app;
use crate::certificate_file;
use crate::failure::Failure;
use crate::output;
use crate::printable::printable;

/// Load a policy document as the handler does, and warn of what in it is seldom meant
///
/// Looked for: rules whose certificates belong to two callers, SHA-1, denials by thumbprint alone, public authorities as
/// anchors, certificates, revocation lists in files and windows at their end, and in an app's folder roles that no function asks for. Exit 0: nothing was
/// found; 1: warnings; 64: the document does not load.
#[derive(Args)]
pub(crate) struct Check {
    /// The document; the files that it names are beside it
    file: PathBuf,

    /// A caller's certificate, to find its SHA-256, key and dates; repeatable
    #[arg(long, value_name = "FILE")]
    certificate: Vec<PathBuf>,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Prints what was found.
    ///
    /// # Errors
    ///
    /// Files that cannot be read, and an app in this folder that would not start: exit 64.
    pub(super) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let file = DocumentFile::read(&self.file)?;
        let certificates = self.certificates()?;
        let functions = functions_here()?;
        let report = match file.open() {
            Err(problems) => Report::of_problems(&file, problems),
            Ok(opened) => {
                let locator = file.locator()?;
                let subject = Subject {
                    opened: &opened,
                    locator: &locator,
                    certificates: &certificates,
                    functions: functions.as_deref(),
                    now,
                };
                let mut warnings = Warnings::of(&subject);
                report_only(&file, &subject, &mut warnings);
                Report::of_warnings(&file, &opened, warnings)
            }
        };
        if self.json {
            output::print_json(&report)?;
        } else if !report.problems.is_empty() {
            return Err(Failure::Configuration(file.within(&report.problems)));
        } else {
            output::print(&report.to_string())?;
        }
        Ok(report.exit_code())
    }

    /// The certificates that are at hand, each with its file's name.
    fn certificates(&self) -> Result<Vec<(String, Certificate)>, Failure> {
        let mut certificates = Vec::new();
        for path in &self.certificate {
            let found = certificate_file::read_with(path, None)?;
            let name = printable(&certificate_file::name_of(path));
            let parsed = found.certificates.iter().map(|der| Certificate::parse(der));
            certificates.extend(
                parsed
                    .filter_map(Result::ok)
                    .map(|found| (name.clone(), found)),
            );
        }
        Ok(certificates)
    }
}

/// The functions of the app in this folder; `None` where there is no app.
pub(super) fn functions_here() -> Result<Option<Vec<Function>>, Failure> {
    let folder = app::folder()?;
    if !folder.join("host.json").is_file() {
        return Ok(None);
    }
    let environment = app::environment(&folder, &mut Vec::new())?;
    let root = AppRoot::load(&folder, &environment)?;
    Ok(Some(root.routes.functions().to_vec()))
}

/// Looks at the document that is only tried: the handler goes on without it where it does not load.
fn report_only(file: &DocumentFile, subject: &Subject<'_>, warnings: &mut Warnings) {
    let Some(name) = &subject.opened.document.report_only else {
        return;
    };
    let mut add = |problem: &app_settings::Problem| {
        let text = format!("it is not tried: {problem}");
        warnings.report_only(subject.locator, name.place, &text);
    };
    match file.beside(&name.value) {
        Err(problem) => add(&problem),
        Ok(tried) => {
            let problems = tried.open_or_report().err().unwrap_or_default();
            problems.iter().for_each(add);
        }
    }
}

/// The whole answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    file: String,
    /// A digest of the document and its files; absent where it does not load.
    version: Option<String>,
    callers: usize,
    rules: usize,
    trust_domains: usize,
    denied: usize,
    /// Why it does not load.
    problems: Vec<Problem>,
    /// The revocation lists that the document names; those that cannot be used are warnings.
    revocation_lists: Vec<ListFacts>,
    warnings: Vec<Warning>,
    /// How many more warnings there are.
    unlisted_warnings: usize,
}

impl Report {
    fn of_problems(file: &DocumentFile, problems: Vec<Problem>) -> Self {
        Self {
            file: file.name.clone(),
            version: None,
            callers: 0,
            rules: 0,
            trust_domains: 0,
            denied: 0,
            problems,
            revocation_lists: Vec::new(),
            warnings: Vec::new(),
            unlisted_warnings: 0,
        }
    }

    fn of_warnings(file: &DocumentFile, opened: &Opened, warnings: Warnings) -> Self {
        let Opened {
            document, policy, ..
        } = opened;
        Self {
            file: file.name.clone(),
            version: policy.version().map(|version| version.to_string()),
            callers: document.callers.len(),
            rules: policy.rules().count(),
            trust_domains: document.trust_domains.len(),
            denied: document.denied.len(),
            problems: Vec::new(),
            revocation_lists: warnings.lists,
            warnings: warnings.listed,
            unlisted_warnings: warnings.unlisted,
        }
    }

    fn exit_code(&self) -> ExitCode {
        match (self.problems.is_empty(), self.warnings.is_empty()) {
            (true, true) => ExitCode::SUCCESS,
            (true, false) => ExitCode::FAILURE,
            (false, _) => ExitCode::from(Failure::CONFIGURATION),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "warning: {}", warning.problem.within(&self.file))?;
        }
        if self.unlisted_warnings > 0 {
            writeln!(f, "and {} more warnings", self.unlisted_warnings)?;
        }
        for list in &self.revocation_lists {
            writeln!(f, "{}: {list}", self.file)?;
        }
        let count = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        writeln!(
            f,
            "{}: {}, {}, {}, {} denied; version {}",
            self.file,
            count(self.callers, "caller"),
            count(self.rules, "rule"),
            count(self.trust_domains, "trust domain"),
            self.denied,
            self.version.as_deref().unwrap_or("unknown"),
        )
    }
}
