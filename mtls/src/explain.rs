//! `mtls explain`: the decision that the handler would make about a certificate, check by check.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;
use functions_handler::config::{AppRoot, DeniedStatus, Settings};
use functions_handler::host::{Function, Profile, Trigger};
use rustls_pki_types::UnixTime;

use crate::app;
use crate::failure::Failure;
use crate::output;
use crate::password::PasswordArguments;

mod advice;
mod facts;
mod front_ends;
mod input;
mod instant;
mod listing;
mod origin;
mod outcome;
mod presented;
mod question;
mod report;
mod settings;
mod settings_lines;
mod step;
mod text;

use origin::Origin;
use presented::Presented;
use question::Question;
use report::Report;
pub(crate) use settings::read as read_settings;

/// Explain what the handler would decide about a certificate, and what to change
///
/// Runs the handler's own decision and lays out its checks: what was expected, what was found, where it failed.
/// By default it decides as mtls local would in this folder. Exit 0: admitted, or the function is public; 1: refused.
#[derive(Args)]
pub(crate) struct Explain {
    /// A certificate file (PKCS#12, PEM, DER, base64 or hexadecimal text) or a header value as it was sent; - reads
    /// standard input
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,

    #[command(flatten)]
    password: PasswordArguments,

    /// The function that is called, by the name of its folder here
    #[arg(long, value_name = "NAME")]
    function: Option<String>,

    /// Decide at this instant, as 2026-01-31T12:00:00Z, instead of now
    #[arg(long, value_name = "TIME", value_parser = instant::parse)]
    at: Option<UnixTime>,

    /// The app's settings: a local.settings.json, lines such as NAME=value or export NAME=value, or what
    /// az functionapp config appsettings list prints; this machine's environment is ignored then
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,

    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Prints the explanation.
    ///
    /// # Errors
    ///
    /// Settings and functions with which the handler would not start, and files that cannot be opened: exit 64.
    pub(crate) fn run(&self, now: UnixTime) -> Result<ExitCode, Failure> {
        let folder = app::folder()?;
        let mut notes = Vec::new();
        let Configuration {
            settings,
            denied_status,
            origin,
            function,
        } = self
            .configuration(&folder, &mut notes)
            .map_err(Failure::Configuration)?;
        let presented = Presented::read(&self.certificate, &self.password, &mut notes)?;
        let question = Question {
            settings: &settings,
            denied_status,
            origin: &origin,
            function: function.as_ref(),
            presented: &presented,
            now: self.at.unwrap_or(now),
        };
        let report = Report::new(&question, notes);
        if self.json {
            output::print_json(&report)?;
        } else {
            output::print(&report.to_string())?;
        }
        Ok(match report.is_admitted() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }

    /// Every problem at once.
    fn configuration(
        &self,
        folder: &Path,
        notes: &mut Vec<String>,
    ) -> Result<Configuration, Vec<Problem>> {
        let environment = match &self.settings {
            Some(file) => settings::read(file)?,
            None => app::environment(folder, notes)?,
        };
        let mut problems = Vec::new();
        let mut keep = |more: Vec<Problem>| problems.extend(more);
        keep(app::reserved(&environment, app::Program::of(folder)));
        let settings = Settings::load(&environment, folder).map_err(&mut keep);
        let (profile, function) = match (AppRoot::load(folder, &environment), &self.function) {
            (Ok(root), None) => (root.host.profile, Ok(None)),
            (Ok(root), Some(name)) => (root.host.profile, function(name, &root).map(Some)),
            (Err(_), None) => (Profile::Default, Ok(None)),
            (Err(problems), Some(_)) => (Profile::Default, Err(problems)),
        };
        let function = function.map_err(&mut keep);
        match (settings, function) {
            (Ok(settings), Ok(function)) if problems.is_empty() => {
                let warnings = app::warnings(&environment, folder, app::Program::of(folder));
                notes.extend(warnings.iter().map(ToString::to_string));
                notes.extend(settings.notes.iter().cloned());
                Ok(Configuration {
                    denied_status: settings.denied_status(profile),
                    settings,
                    origin: Origin::of(&environment, folder),
                    function,
                })
            }
            _ => {
                problems.extend(app::warnings(
                    &environment,
                    folder,
                    app::Program::of(folder),
                ));
                Err(problems)
            }
        }
    }
}

/// What the app's settings and folder say. A folder without an app will do where no function is named.
struct Configuration {
    settings: Settings,
    denied_status: DeniedStatus,
    /// Where the policy is written.
    origin: Origin,
    /// The function that is asked about.
    function: Option<Function>,
}

/// The function of that name, in any case.
fn function(name: &str, app_root: &AppRoot) -> Result<Function, Vec<Problem>> {
    let functions = app_root.routes.functions();
    let is_meant = |other: &str| other.eq_ignore_ascii_case(name);
    if let Some(function) = functions.iter().find(|function| is_meant(&function.name)) {
        return match &function.trigger {
            Trigger::Http(_) => Ok(function.clone()),
            Trigger::Other { kind, .. } => Err(vec![Problem::new(
                "--function",
                format!(
                    "expected a function that HTTP requests start, found {kind}: it has no caller, and no certificate is looked at"
                ),
            )]),
        };
    }
    let seen = match app_root.disabled.iter().any(|other| is_meant(other)) {
        true => "one that is switched off",
        false => "another name",
    };
    let known: Vec<&str> = functions
        .iter()
        .map(|function| function.name.as_str())
        .collect();
    Err(vec![Problem::new(
        format!("--function {name:?}"),
        format!("expected one of {}, found {seen}", known.join(", ")),
    )])
}
