//! `mtls policy convert`: the two lists of app settings as a document.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::{Environment, Problem};
use clap::Args;
use client_cert::CallerName;
use functions_handler::config::Settings;

use super::document_file::DocumentFile;
use super::listed::{Folders, document};
use crate::app;
use crate::atomic_file::{self, Access};
use crate::explain::read_settings;
use crate::failure::Failure;
use crate::output;
use crate::printable::printable;

/// Names the document that takes the place of the lists.
const POLICY: &str = "CLIENT_CERT_POLICY";

/// Write the lists of thumbprints and common names as a policy document that decides the same
///
/// Reads the settings as mtls explain does. All entries become rules of one caller, since a certificate that satisfies rules
/// of two callers is refused; split it where the callers are known.
#[derive(Args)]
pub(crate) struct Convert {
    /// The app's settings, in the forms that mtls explain takes; this machine's environment is ignored then
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,

    /// The name of the one caller
    #[arg(long, value_name = "NAME", default_value = "listed", value_parser = name)]
    name: CallerName,

    /// The file to write, instead of standard output; files of authorities are named from its folder
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Overwrite the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
}

/// Reads a caller's name.
pub(super) fn name(text: &str) -> Result<CallerName, String> {
    text.parse()
        .map_err(|error: client_cert::PolicyNameError| error.to_string())
}

impl Convert {
    /// Prints or writes the document.
    ///
    /// # Errors
    ///
    /// Settings with which the handler would not start or that name a document already, and a file that exists: exit 64.
    pub(super) fn run(&self) -> Result<ExitCode, Failure> {
        let app_folder = app::folder()?;
        let mut notes = Vec::new();
        let environment = self.environment(&app_folder, &mut notes)?;
        if environment.is_set(POLICY) {
            let text = "expected the lists, found a policy document; there is nothing to convert";
            return Err(Problem::new(POLICY, text).into());
        }
        let settings = Settings::load(&environment, &app_folder)?;
        let target = self
            .output
            .clone()
            .unwrap_or_else(|| PathBuf::from("policy.json"));
        let folders = Folders {
            app: &app_folder,
            document: parent(&target),
        };
        let mut document = document(&settings.policy, &environment, &folders, self.name.as_str())?;
        document.comments = comments(&notes);
        let text = document.to_string();
        // A name of the lists may be none that a document takes.
        DocumentFile::of(&target, text.clone().into_bytes()).open_or_report()?;
        match &self.output {
            None => output::print(&text)?,
            Some(file) => self.write(file, &text)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn environment(
        &self,
        folder: &Path,
        notes: &mut Vec<String>,
    ) -> Result<Environment, Vec<Problem>> {
        match &self.settings {
            Some(file) => read_settings(file),
            None => app::environment(folder, notes),
        }
    }

    fn write(&self, file: &Path, text: &str) -> Result<(), Failure> {
        let write = match self.force {
            true => atomic_file::replace,
            false => atomic_file::create,
        };
        let name = printable(&file.display().to_string());
        write(file, text.as_bytes(), Access::Public).map_err(|error| {
            let text = match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    "it exists already and is not overwritten; choose another name, or give --force"
                        .to_owned()
                }
                _ => format!("cannot be written: {error}"),
            };
            Problem::new(&name, text)
        })?;
        output::print(&format!(
            "{name} is written. Set {POLICY} to its name and remove the settings of the lists: they are not read together.\n"
        ))
    }
}

/// What the document says about itself.
fn comments(notes: &[String]) -> Vec<String> {
    let mut comments = vec![
        "Made by mtls policy convert from the lists of app settings: it decides the same.".to_owned(),
        "Split the caller where it is known who is who, and give roles; docs/policy.md explains the keys.".to_owned(),
    ];
    comments.extend(notes.iter().map(|note| printable(note)));
    comments
}

/// The folder of a file.
fn parent(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
