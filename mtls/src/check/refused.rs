//! What the engine refuses at its start, and what it warns of.

use app_settings::Problem;
use functions_handler::config::Settings;
use functions_handler::server::imitable_envelopes;

use super::dialect;
use super::finding::{Finding, Kind, Severity};
use super::subject::Subject;
use crate::app::{self, Program};
use crate::local_settings;

/// What becomes of an app whose declarations are refused.
const NO_START: &str =
    "The handler refuses to start; the host tries three times and then stops the whole app.";

/// Everything that stops a start by the engine's own reading.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let declared = subject.declared.problems.iter();
    // Those have findings of their own, which say what results.
    let declared = declared.filter(|problem| {
        let key = problem.at().strip_prefix("host.json: ");
        !key.is_some_and(dialect::is_dead)
    });
    let mut findings: Vec<Finding> = declared
        .map(|problem| of(subject, Severity::Error, problem, NO_START))
        .collect();
    let settings = subject.settings_problems.iter();
    findings.extend(settings.map(|problem| {
        let happens = "mtls local and func start refuse the file.";
        of(subject, Severity::Error, problem, happens)
    }));
    findings.extend(of_settings(subject));
    findings
}

/// The settings of the engine, under which the app would start here.
fn of_settings(subject: &Subject) -> Vec<Finding> {
    let environment = &subject.environment;
    let command = subject.command.as_ref();
    let program = command.map_or(Program::Handler, |command| Program::named(&command.program));
    let mut problems = app::reserved(environment, program);
    let settings = Settings::load(environment, &subject.folder);
    let imitable = match (&settings, &subject.declared.root) {
        (Ok(settings), Some(root)) => imitable_envelopes(&root.routes, &settings.policy),
        _ => Vec::new(),
    };
    problems.extend(settings.err().unwrap_or_default());
    let refused = problems
        .iter()
        .map(|problem| of(subject, Severity::Error, problem, NO_START));
    let imitable = imitable.iter().map(|problem| {
        let happens = "The handler starts behind App Service alone, and not on this machine.";
        of(subject, Severity::Warning, problem, happens)
    });
    let warnings = app::warnings(environment, &subject.folder, program);
    let warned = warnings.iter().map(|problem| {
        let happens = "The handler refuses to start, unless its own code declares the setting or does not read it.";
        of(subject, Severity::Warning, problem, happens)
    });
    refused.chain(imitable).chain(warned).collect()
}

/// The engine's messages say what was expected and found, and after the last semicolon what to do.
fn of(subject: &Subject, severity: Severity, problem: &Problem, happens: &'static str) -> Finding {
    let place = subject.place(problem.at());
    let key = problem.at().split_once(": ").map(|(_, key)| key);
    let (text, action) = problem
        .text()
        .rsplit_once("; ")
        .unwrap_or((problem.text(), "correct it"));
    let found = match key {
        Some(key) => format!("{key}: {text}"),
        None if place.file == problem.at() => text.to_owned(),
        None => format!("{}: {text}", problem.at()),
    };
    Finding {
        severity,
        kind: kind(problem),
        place,
        found: found.into(),
        happens: happens.into(),
        action: capitalized(action).into(),
    }
}

fn kind(problem: &Problem) -> Kind {
    let file = problem.at().split(": ").next().unwrap_or_default();
    match file {
        "host.json" => Kind::HostJson,
        local_settings::FILE => Kind::Setting,
        _ if file.ends_with("/function.json") => Kind::FunctionJson,
        _ => Kind::Setting,
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|first| first.to_uppercase());
    let sentence: String = first.into_iter().flatten().chain(characters).collect();
    match sentence.ends_with(['.', '?']) {
        true => sentence,
        false => sentence + ".",
    }
}
