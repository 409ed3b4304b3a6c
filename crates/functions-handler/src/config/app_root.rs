//! The app's folder: `host.json`, and one folder per function or none.

use std::path::Path;

use app_settings::{Environment, FileError, Problem, folders_with, read_file};

use crate::host::{Function, HostJson, Routes, contract, disabled_setting, is_true};

/// The largest `host.json` or `function.json` that is read. A large one has a few kilobytes.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;

/// What the app's folder declares.
#[derive(Debug)]
pub struct AppRoot {
    /// `host.json`, with what the environment overrides.
    pub host: HostJson,
    /// The functions that are switched on.
    pub routes: Routes,
    /// The names of those that are switched off, or that `host.json` leaves out of its list of functions.
    pub disabled: Vec<String>,
}

impl AppRoot {
    /// Reads `host.json` and every `function.json` one level below `root`, as the host does; where `host.json` has routes of
    /// its own (`customHandler.http.routes`), these are the functions.
    ///
    /// The host passes over a function that it cannot read; here it is a problem.
    ///
    /// # Errors
    ///
    /// Every problem at once, each with its file.
    pub fn load(root: &Path, environment: &Environment) -> Result<Self, Vec<Problem>> {
        let text = read_file(&root.join(contract::HOST_JSON), MAX_FILE_BYTES)
            .map_err(|error| vec![no_host_json(&error)])?;
        let overrides = environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.expose().to_owned()));
        let host = HostJson::parse(&text, overrides)?;
        let mut problems = Vec::new();
        let folders = folders_with(root, contract::FUNCTION_JSON).unwrap_or_else(|error| {
            problems.push(Problem::new(
                contract::APP_ROOT_VARIABLE,
                format!("expected a readable folder, found: {error}; correct its permissions"),
            ));
            Vec::new()
        });
        problems.extend(mixed(&host, &folders));
        let is_off = |name: &str| !host.loads(name) || is_disabled(name, environment);
        let (mut disabled, names): (Vec<_>, Vec<_>) =
            folders.into_iter().partition(|name| is_off(name));
        let mut functions = Vec::new();
        for name in names {
            match function(root, &name, &host) {
                Ok(function) => functions.push(function),
                Err(more) => problems.extend(more),
            }
        }
        for function in host.route_functions() {
            match is_off(&function.name) {
                true => disabled.push(function.name),
                false => functions.push(function),
            }
        }
        match Routes::new(functions) {
            Ok(routes) if problems.is_empty() => Ok(Self {
                host,
                routes,
                disabled,
            }),
            Ok(_) => Err(problems),
            Err(more) => {
                problems.extend(more);
                Err(problems)
            }
        }
    }
}

/// The host loads no function at all where both are there (`HttpWorkerFunctionProvider.cs`).
fn mixed(host: &HostJson, folders: &[String]) -> Option<Problem> {
    let folder = folders.first()?;
    let route = host.custom_handler.routes.first()?;
    let text = format!(
        "expected no folder with a {} beside routes in host.json, found {folder}: the host then loads no function at all; \
         remove the routes and the configurationProfile, or every such folder",
        contract::FUNCTION_JSON
    );
    let at = format!(
        "{}: customHandler.http.routes.{}",
        contract::HOST_JSON,
        route.index
    );
    Some(Problem::new(at, text))
}

/// The folder can come from a variable, whose value is not repeated.
fn no_host_json(error: &FileError) -> Problem {
    let variable = contract::APP_ROOT_VARIABLE;
    let text = format!(
        "expected it in the app's folder, found: {error}; start in the folder that contains it, or set {variable} to it"
    );
    Problem::new(contract::HOST_JSON, text)
}

fn function(root: &Path, name: &str, host: &HostJson) -> Result<Function, Vec<Problem>> {
    let path = root.join(name).join(contract::FUNCTION_JSON);
    let text = read_file(&path, MAX_FILE_BYTES).map_err(|error| {
        vec![Problem::new(
            format!("{name}/{}", contract::FUNCTION_JSON),
            format!("expected a readable file, found: {error}; correct its permissions"),
        )]
    })?;
    Function::parse(name, &text, host)
}

fn is_disabled(name: &str, environment: &Environment) -> bool {
    disabled_setting(name).iter().any(|setting| {
        environment
            .get(setting)
            .is_some_and(|value| is_true(value.expose()))
    })
}
