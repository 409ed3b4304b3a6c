//! `mtls new`: an app to begin with.

mod engine;
mod folder;
mod template;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use clap::{Args, ValueEnum};

use crate::atomic_file::{self, Access};
use crate::failure::Failure;
use crate::gate_program;
use crate::gated::PLACE;
use crate::output;
use crate::printable::printable;

use template::Template;

/// Make an app to begin with: one public function, one secured, tests, and what is published
///
/// --rust makes a crate on the engine, --gate a server in another language with the gate before it. The folder is made; one
/// that is there must be empty.
#[derive(Args)]
pub(crate) struct New {
    /// The app's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// A handler in Rust, on the engine
    #[arg(long, conflicts_with = "gate", required_unless_present = "gate")]
    rust: bool,

    /// A server in this language behind the gate, with what its standard library has
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    gate: Option<Language>,

    /// The gate's program, if it is not beside mtls
    #[arg(long, value_name = "FILE", conflicts_with = "rust")]
    gate_program: Option<PathBuf>,

    /// The checkout that the app's engine is taken from, if it is not the one that mtls was built from
    #[arg(long, value_name = "FOLDER", conflicts_with = "gate")]
    engine: Option<PathBuf>,
}

/// A language for which there is a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Language {
    Python,
    Node,
}

/// Where the part of the app that is not a text comes from.
enum Beneath {
    /// The gate's program, which is copied.
    Gate(PathBuf),
    /// A checkout of the engine, which is linked to.
    Engine(PathBuf),
}

impl New {
    /// Makes the app, and says what to do with it.
    ///
    /// # Errors
    ///
    /// A folder that holds something, no gate or no engine: exit 64, and nothing is written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        let beneath = self.beneath()?;
        let template = self.template();
        let folder = &self.folder;
        folder::make(folder, |staged| fill(staged, &template, &beneath))?;
        let text = format!(
            "{} is made. Its README says more; in the folder:\n  mtls local    the app on https://localhost:7443\n  {}\n",
            printable(&folder.display().to_string()),
            template.test
        );
        output::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }

    fn template(&self) -> Template {
        match self.gate {
            None => template::RUST,
            Some(Language::Python) => template::PYTHON,
            Some(Language::Node) => template::NODE,
        }
    }

    fn beneath(&self) -> Result<Beneath, Problem> {
        match self.gate {
            None => engine::find(self.engine.as_deref()).map(Beneath::Engine),
            Some(_) => {
                let program = gate_program::find(self.gate_program.as_deref())?;
                let program = program.ok_or_else(|| gate_program::missing("--gate-program"))?;
                Ok(Beneath::Gate(program))
            }
        }
    }
}

/// Writes the app's files into an empty folder.
fn fill(folder: &Path, template: &Template, beneath: &Beneath) -> io::Result<()> {
    for (name, text) in template.files.iter().chain(template::FUNCTIONS) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        atomic_file::create(&path, text.as_bytes(), Access::Public)?;
    }
    match beneath {
        Beneath::Engine(checkout) => engine::link(checkout, folder),
        Beneath::Gate(program) => {
            let place = folder.join(PLACE);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            atomic_file::create(&place, &fs::read(program)?, Access::Executable)
        }
    }
}
