//! The app's folder: `host.json`, and one folder per function.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::host::{Function, HostJson, Routes, contract, disabled_setting, is_true};
use app_settings::Problem;

use app_settings::Environment;

/// The largest `host.json` or `function.json` that is read. A large one has a few kilobytes.
const MAX_FILE_BYTES: u64 = 1024 * 1024;

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
    /// Reads `host.json` and every `function.json` one level below `root`, as the host does.
    ///
    /// The host passes over a function that it cannot read; here that stops the start.
    ///
    /// # Errors
    ///
    /// Every problem at once, each with its file.
    pub fn load(root: &Path, environment: &Environment) -> Result<Self, Vec<Problem>> {
        let text = read(&root.join(contract::HOST_JSON)).map_err(|error| {
            vec![Problem::new(
                contract::HOST_JSON,
                format!(
                    "expected it in the app's folder {}, found: {error}; start in the folder that holds it, or set {}",
                    root.display(),
                    contract::APP_ROOT_VARIABLE
                ),
            )]
        })?;
        let overrides = environment
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let host = HostJson::parse(&text, overrides)?;
        let mut problems = Vec::new();
        let (disabled, names): (Vec<_>, Vec<_>) = function_folders(root, &mut problems)
            .into_iter()
            .partition(|name| !host.loads(name) || is_disabled(name, environment));
        let mut functions = Vec::new();
        for name in names {
            match function(root, &name, &host) {
                Ok(function) => functions.push(function),
                Err(more) => problems.extend(more),
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

fn function(root: &Path, name: &str, host: &HostJson) -> Result<Function, Vec<Problem>> {
    let text = read(&root.join(name).join(contract::FUNCTION_JSON)).map_err(|error| {
        vec![Problem::new(
            format!("{name}/{}", contract::FUNCTION_JSON),
            format!("expected a readable file, found: {error}; correct its permissions"),
        )]
    })?;
    Function::parse(name, &text, host)
}

/// The names of the folders with a `function.json`, in the order of their bytes.
fn function_folders(root: &Path, problems: &mut Vec<Problem>) -> Vec<String> {
    let unreadable = |error: io::Error| {
        Problem::new(
            contract::APP_ROOT_VARIABLE,
            format!("expected a readable folder, found: {error}; correct its permissions"),
        )
    };
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(unreadable(error));
            return Vec::new();
        }
    };
    let mut names = Vec::new();
    for entry in entries {
        match entry {
            Err(error) => problems.push(unreadable(error)),
            Ok(entry) if is_function(&entry) => {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
            Ok(_) => {}
        }
    }
    names.sort();
    names
}

/// Whether an entry is a folder, or a link to one, with a `function.json`.
fn is_function(entry: &DirEntry) -> bool {
    let may_be_folder = entry.file_type().is_ok_and(|kind| !kind.is_file());
    may_be_folder && entry.path().join(contract::FUNCTION_JSON).exists()
}

fn is_disabled(name: &str, environment: &Environment) -> bool {
    disabled_setting(name)
        .iter()
        .any(|setting| environment.get(setting).is_some_and(is_true))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    // A pipe would be waited for, and a folder says nothing clear.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_FILE_BYTES.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_FILE_BYTES) {
        return Err(io::Error::other(format!(
            "more than {MAX_FILE_BYTES} bytes"
        )));
    }
    Ok(bytes)
}
