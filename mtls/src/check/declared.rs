//! What the app declares, by the engine's own reader, which therefore cannot differ from it.

use std::path::Path;

use app_settings::{Environment, Problem, folders_with, read_file};
use functions_handler::config::{AppRoot, MAX_FILE_BYTES};
use functions_handler::host::{Function, HostJson, Routes, contract, disabled_setting, is_true};
use serde_json::{Value, json};

use super::json_file::{JsonFile, flag};

/// What the app declares, as far as it can be read.
#[derive(Default)]
pub(super) struct Declared {
    /// All of it; `None` where the engine refuses to start.
    pub(super) root: Option<AppRoot>,
    /// `host.json`; `None` where the engine refuses it.
    pub(super) host: Option<HostJson>,
    /// The functions that are switched on and can be read.
    pub(super) functions: Vec<Function>,
    /// Why the engine refuses to start.
    pub(super) problems: Vec<Problem>,
}

impl Declared {
    /// Reads the app's folder.
    pub(super) fn read(folder: &Path, host_json: &JsonFile, environment: &Environment) -> Self {
        match AppRoot::load(folder, environment) {
            Ok(root) => Self {
                host: Some(root.host.clone()),
                functions: root.routes.functions().to_vec(),
                root: Some(root),
                problems: Vec::new(),
            },
            Err(problems) => Self::in_parts(folder, host_json, environment, problems),
        }
    }

    /// What can be read beside what is refused. The engine stops at a `host.json` that it refuses; here the functions are
    /// examined all the same.
    fn in_parts(
        folder: &Path,
        host_json: &JsonFile,
        environment: &Environment,
        mut problems: Vec<Problem>,
    ) -> Self {
        let host = host(folder, environment);
        let stand_in = stand_in(host_json);
        let Some(reading) = host.as_ref().or(stand_in.as_ref()) else {
            return Self {
                problems,
                ..Self::default()
            };
        };
        let (functions, refused) = functions(folder, environment, reading);
        if host.is_none() {
            problems.extend(refused);
            problems.extend(Routes::new(functions.clone()).err().unwrap_or_default());
        }
        Self {
            root: None,
            host,
            functions,
            problems,
        }
    }
}

/// What the functions of a refused `host.json` are read under: its switches and its prefix, as far as they can be read.
fn stand_in(host_json: &JsonFile) -> Option<HostJson> {
    let switch = |name: &str| {
        let value = host_json.get(&format!("customHandler.{name}"));
        value.and_then(flag).unwrap_or(false)
    };
    let mut text = json!({"version": "2.0", "customHandler": {
        "description": {"defaultExecutablePath": "unknown"},
        "enableForwardingHttpRequest": switch("enableForwardingHttpRequest"),
        "enableProxyingHttpRequest": switch("enableProxyingHttpRequest"),
    }});
    let plain = text.clone();
    if let Some(prefix) = host_json.get("extensions.http.routePrefix") {
        text["extensions"] = json!({"http": {"routePrefix": prefix}});
    }
    let read = |text: Value| HostJson::parse(text.to_string().as_bytes(), std::iter::empty()).ok();
    read(text).or_else(|| read(plain))
}

fn host(folder: &Path, environment: &Environment) -> Option<HostJson> {
    let text = read_file(&folder.join(contract::HOST_JSON), MAX_FILE_BYTES).ok()?;
    let overrides = environment
        .iter()
        .map(|(name, value)| (name.to_owned(), value.expose().to_owned()));
    HostJson::parse(&text, overrides).ok()
}

fn functions(
    folder: &Path,
    environment: &Environment,
    host: &HostJson,
) -> (Vec<Function>, Vec<Problem>) {
    let is_on = |name: &String| {
        let mut settings = disabled_setting(name).into_iter();
        let is_off = settings.any(|setting| {
            let value = environment.get(&setting);
            value.is_some_and(|value| is_true(value.expose()))
        });
        host.loads(name) && !is_off
    };
    let names = folders_with(folder, contract::FUNCTION_JSON).unwrap_or_default();
    let (mut functions, mut problems) = (Vec::new(), Vec::new());
    for name in names.into_iter().filter(is_on) {
        let path = folder.join(&name).join(contract::FUNCTION_JSON);
        let Ok(text) = read_file(&path, MAX_FILE_BYTES) else {
            continue;
        };
        match Function::parse(&name, &text, host) {
            Ok(function) => functions.push(function),
            Err(more) => problems.extend(more),
        }
    }
    functions.extend(host.route_functions());
    (functions, problems)
}
