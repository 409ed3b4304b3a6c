//! The project folder as the host reads it.

use std::path::{Path, PathBuf};

use app_settings::{FileError, Problem, folders_with, read_file};
use functions_handler::config::MAX_FILE_BYTES;
use functions_handler::host::{Function, HostJson, Routes, contract, disabled_setting, is_true};

use http::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use super::HostVersion;
use crate::handler_process::Variables;

/// `host.json` and the enabled functions of one folder.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// What `host.json` says, replaced where the environment says so.
    pub(crate) host_json: HostJson,
    /// The functions that are not switched off.
    pub(crate) routes: Routes,
    /// Which host reads it.
    version: HostVersion,
    /// The longest body that the host reads, in bytes.
    pub(super) body_limit: usize,
    /// What the host adds to each response that lacks it.
    pub(super) custom_headers: Vec<(HeaderName, HeaderValue)>,
}

impl Project {
    /// Whether `folder` holds an app.
    ///
    /// # Errors
    ///
    /// A problem that says what to do.
    pub(crate) fn find(folder: &Path) -> Result<(), Problem> {
        if folder.join(contract::HOST_JSON).is_file() {
            return Ok(());
        }
        Err(Problem::new(
            folder.display().to_string(),
            "expected an Azure Functions app: host.json, whose customHandler.description.defaultExecutablePath names the program, and a folder with a function.json for each function; found no host.json; change to the app's folder and call again",
        ))
    }

    /// What `host.json` of the folder says, replaced where the environment says so; to the newest host.
    ///
    /// # Errors
    ///
    /// All its problems at once.
    pub(crate) fn host_json(
        folder: &Path,
        environment: &Variables,
    ) -> Result<HostJson, Vec<Problem>> {
        Self::host_json_for(HostVersion::default(), folder, environment)
    }

    fn host_json_for(
        version: HostVersion,
        folder: &Path,
        environment: &Variables,
    ) -> Result<HostJson, Vec<Problem>> {
        let text = read(&folder.join(contract::HOST_JSON)).map_err(|problem| vec![problem])?;
        let overrides = environment
            .iter()
            .filter(|(name, _)| version.knows_variable(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        HostJson::parse(&version.known_part(&text), overrides)
    }

    /// Which host it was read for.
    pub(crate) fn version(&self) -> HostVersion {
        self.version
    }

    /// Reads the folder as such a host does.
    ///
    /// # Errors
    ///
    /// All problems at once; those of the functions only where `host.json` can be read.
    pub(crate) fn read(
        folder: &Path,
        environment: &Variables,
        version: HostVersion,
    ) -> Result<Self, Vec<Problem>> {
        let host_json = Self::host_json_for(version, folder, environment)?;
        let body_limit = body_limit(environment).map_err(|problem| vec![problem])?;
        let custom_headers = custom_headers(&host_json)?;
        let routes = Routes::new(functions(folder, &host_json, environment)?)?;
        Ok(Self {
            host_json,
            routes,
            version,
            body_limit,
            custom_headers,
        })
    }
}

fn custom_headers(host_json: &HostJson) -> Result<Vec<(HeaderName, HeaderValue)>, Vec<Problem>> {
    let mut headers = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in &host_json.custom_headers {
        match (name.parse(), value.parse()) {
            (Ok(name), Ok(value)) => headers.push((name, value)),
            _ => problems.push(Problem::new(
                format!("host.json: extensions.http.customHeaders.{name}"),
                "expected a header's name and a value of one line, found something else; correct it",
            )),
        }
    }
    if problems.is_empty() {
        Ok(headers)
    } else {
        Err(problems)
    }
}

fn body_limit(environment: &Variables) -> Result<usize, Problem> {
    let set = environment
        .get(contract::BODY_LIMIT_VARIABLE)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let Some(text) = set else {
        return Ok(usize::try_from(contract::BODY_LIMIT).unwrap_or(usize::MAX));
    };
    text.parse().map_err(|_| {
        let expected = "expected a number of bytes, found something else; correct it";
        Problem::new(contract::BODY_LIMIT_VARIABLE, expected)
    })
}

fn functions(
    folder: &Path,
    host_json: &HostJson,
    environment: &Variables,
) -> Result<Vec<Function>, Vec<Problem>> {
    let mut functions = Vec::new();
    let mut problems = Vec::new();
    for (name, file) in declarations(folder).map_err(|problem| vec![problem])? {
        if is_disabled(&name, environment) {
            continue;
        }
        let parsed = read(&file)
            .map_err(|problem| vec![problem])
            .and_then(|text| Function::parse(&name, &text, host_json));
        match parsed {
            Ok(function) => functions.push(function),
            Err(more) => problems.extend(more),
        }
    }
    let routes = host_json.route_functions().into_iter();
    functions.extend(routes.filter(|function| !is_disabled(&function.name, environment)));
    if problems.is_empty() {
        Ok(functions)
    } else {
        Err(problems)
    }
}

/// Each folder with a `function.json`, by its name, in the order of the names.
fn declarations(folder: &Path) -> Result<Vec<(String, PathBuf)>, Problem> {
    let names = folders_with(folder, contract::FUNCTION_JSON)
        .map_err(|error| unreadable(folder, &error))?;
    let declared = names.into_iter().map(|name| {
        let file = folder.join(&name).join(contract::FUNCTION_JSON);
        (name, file)
    });
    Ok(declared.collect())
}

fn is_disabled(name: &str, environment: &Variables) -> bool {
    disabled_setting(name)
        .iter()
        .any(|setting| environment.get(setting).is_some_and(is_true))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Problem> {
    read_file(path, MAX_FILE_BYTES).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &FileError) -> Problem {
    let text =
        format!("expected a readable file or folder, found: {error}; correct its permissions");
    Problem::new(path.display().to_string(), text)
}
