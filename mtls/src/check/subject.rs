//! The app that is looked at.

use std::path::{Path, PathBuf};

use app_settings::{Environment, Problem, folders_with};
use functions_handler::host::{Function, contract};

use super::command::Command;
use super::declared::Declared;
use super::finding::Place;
use super::funcignore::Funcignore;
use super::json_file::JsonFile;
use crate::Failure;
use crate::local_environment::{self, Defaults};
use crate::local_settings;
use crate::stand_in::Project;

/// Everything that is read, once.
pub(crate) struct Subject {
    pub(crate) folder: PathBuf,
    pub(super) host_json: JsonFile,
    /// Each `function.json` that can be read, with its function's name.
    pub(super) function_files: Vec<(String, JsonFile)>,
    /// `local.settings.json`, if it is there.
    pub(super) settings_file: Option<JsonFile>,
    /// What is wrong in it.
    pub(super) settings_problems: Vec<Problem>,
    /// The handler's environment under `mtls local`.
    pub(super) environment: Environment,
    pub(super) declared: Declared,
    /// What `host.json` starts, if it says so.
    pub(crate) command: Option<Command>,
    pub(crate) funcignore: Funcignore,
}

impl Subject {
    /// Reads an app's folder.
    ///
    /// # Errors
    ///
    /// A folder without a `host.json` that can be read.
    pub(crate) fn read(folder: &Path) -> Result<Self, Failure> {
        Project::find(folder)?;
        let host_json = JsonFile::read(folder, contract::HOST_JSON).ok_or_else(|| {
            let text = "expected a file that can be read, found another one; correct its permissions and size";
            Problem::new(contract::HOST_JSON, text)
        })?;
        let (variables, settings_problems) =
            local_environment::of(folder, &Defaults::default(), &mut Vec::new());
        let environment: Environment = variables.iter().collect();
        let declared = Declared::read(folder, &host_json, &environment);
        Ok(Self {
            command: Command::read(&declared, &host_json, &variables),
            function_files: function_files(folder),
            settings_file: JsonFile::read(folder, local_settings::FILE),
            funcignore: Funcignore::read(folder),
            folder: folder.to_owned(),
            host_json,
            settings_problems,
            environment,
            declared,
        })
    }

    /// A setting of the app that is not blank.
    pub(super) fn setting(&self, name: &str) -> Option<String> {
        let value = self.environment.get(name);
        value.map(|value| value.expose().trim().to_owned())
    }

    /// The file of a function that has a folder.
    pub(super) fn function_file(&self, name: &str) -> Option<&JsonFile> {
        let mut files = self.function_files.iter();
        files
            .find(|(function, _)| function == name)
            .map(|(_, file)| file)
    }

    /// The place that the engine's messages call `at`.
    pub(crate) fn place(&self, at: &str) -> Place {
        let (file, key) = at.split_once(": ").unwrap_or((at, ""));
        let mut files = self.function_files.iter().map(|(_, file)| file);
        if file == self.host_json.name {
            return self.host_json.place(key);
        }
        if let Some(found) = files.find(|found| found.name == file) {
            return found.place(key);
        }
        match &self.settings_file {
            Some(settings) if file == settings.name => settings.place(key),
            _ => self.place_of_setting(file),
        }
    }

    /// Where a setting is set: in `local.settings.json`, or outside the app's files.
    pub(super) fn place_of_setting(&self, name: &str) -> Place {
        let file = self.settings_file.as_ref();
        let set = file.filter(|file| {
            let values = file.get("Values").and_then(|values| values.as_object());
            values.is_some_and(|values| values.contains_key(name))
        });
        set.map_or_else(
            || Place::file(name),
            |file| file.place(&format!("Values.{name}")),
        )
    }

    /// The place of a key of a function's HTTP trigger, wherever the function is declared.
    pub(super) fn trigger_place(&self, function: &Function, key: &str) -> Place {
        match self.function_file(&function.name) {
            Some(file) => file.place(&format!("bindings.{}.{key}", function.trigger.binding())),
            None => self.place(&format!("{}.{key}", function.place())),
        }
    }
}

fn function_files(folder: &Path) -> Vec<(String, JsonFile)> {
    let names = folders_with(folder, contract::FUNCTION_JSON).unwrap_or_default();
    let files = names.into_iter().filter_map(|name| {
        let file = JsonFile::read(folder, &format!("{name}/{}", contract::FUNCTION_JSON))?;
        Some((name, file))
    });
    files.collect()
}
