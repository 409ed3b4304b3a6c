//! The language stack of the app against what its command needs.

use super::command::Language;
use super::finding::{Finding, Kind, Severity};
use super::subject::Subject;

/// Which worker the host starts.
const RUNTIME: &str = "FUNCTIONS_WORKER_RUNTIME";

/// Feature flags of the host; one makes it start the program of `host.json` in an app of a language.
const FLAGS: &str = "AzureWebJobsFeatureFlags";
const FLAG: &str = "EnableMcpCustomHandlerPreview";

/// The stack that says that `host.json` names the program.
const CUSTOM: &str = "custom";

/// What the settings say against what is started.
pub(super) fn findings(subject: &Subject) -> Vec<Finding> {
    let runtime = subject.setting(RUNTIME);
    let flags = subject.setting(FLAGS).unwrap_or_default();
    let has_flag = flags
        .split(',')
        .any(|flag| flag.trim().eq_ignore_ascii_case(FLAG));
    let language = subject
        .command
        .as_ref()
        .and_then(|command| command.server()?.language());
    let is_custom = |runtime: &String| runtime.eq_ignore_ascii_case(CUSTOM);
    let finding = match (&runtime, language) {
        (_, None) | (None, _) if has_flag => None,
        (Some(runtime), _) if !is_custom(runtime) && !has_flag => {
            Some(other_worker(subject, runtime))
        }
        (_, Some(language)) if !has_flag => Some(no_interpreter(subject, language)),
        _ => None,
    };
    finding.into_iter().collect()
}

fn other_worker(subject: &Subject, runtime: &str) -> Finding {
    let has_routes = subject
        .declared
        .host
        .as_ref()
        .is_some_and(|host| !host.custom_handler.routes.is_empty());
    let happens = match has_routes {
        true => {
            "The host refuses to start: \"Routes configuration is only allowed for worker runtime: custom\"."
        }
        false => {
            "The host starts its own worker for that language, and not the program of host.json."
        }
    };
    let shown = match runtime {
        "python" | "node" | "java" | "powershell" | "dotnet" | "dotnet-isolated" => runtime,
        _ => "another stack",
    };
    Finding {
        severity: Severity::Error,
        kind: Kind::Stack,
        place: subject.place_of_setting(RUNTIME),
        found: format!("{RUNTIME} is {shown}, and host.json has a customHandler").into(),
        happens: happens.into(),
        action: format!("Set it to {CUSTOM}; or keep the stack and set {FLAGS} to {FLAG}.").into(),
    }
}

/// Which stack the app on Azure has is not written in the folder.
fn no_interpreter(subject: &Subject, language: Language) -> Finding {
    let language = language.name();
    Finding {
        severity: Severity::Note,
        kind: Kind::Stack,
        place: subject.place_of_setting(RUNTIME),
        found: format!("the server needs {language}").into(),
        happens: format!(
            "The images of the stack {CUSTOM} have no {language}: an app that is created with it does not find its command."
        )
        .into(),
        action: format!(
            "Create the app on Azure with the stack of {language}, and set {FLAGS} to {FLAG} there, which makes its host start the program of host.json."
        )
        .into(),
    }
}
