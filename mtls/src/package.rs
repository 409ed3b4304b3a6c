//! `mtls package`: the zip that is deployed.
//!
//! ```text
//! folder ──▶ names that .funcignore leaves ──▶ their bytes ──▶ what the image makes of the programs ──▶ zip
//! ```
//!
//! Everything that is wrong is reported at once, and nothing is written then.

mod archive;
mod contents;
mod image;
mod linkage;
mod machine_paths;
mod names;
mod output_file;
mod program;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;

use crate::atomic_file::{self, Access};
use crate::build::{self, Choice, How, Linking, LockFile};
use crate::check::{self, Subject};
use crate::failure::Failure;
use crate::gated;
use crate::handler_process::{Variables, expanded};
use crate::output;
use crate::stand_in::Project;

use contents::Contents;
use image::Image;
use report::Report;

/// Make the zip that is deployed: what belongs to the app, with its execute bits, and no key
///
/// Builds the program first, as mtls build --static does. Packs what .funcignore leaves, prints the list and the SHA-256; the same files
/// make the same zip, byte for byte. Refused, all at once and before anything is written: errors of mtls check, private keys,
/// a developer's settings, links out of the folder, a program that does not start on the image.
/// Publish it by az functionapp deployment source config-zip --src app.zip.
#[derive(Args)]
pub(crate) struct Package {
    /// The app's folder, with host.json
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Where to write the package
    #[arg(long, value_name = "FILE", default_value = "app.zip")]
    output: PathBuf,
    /// Overwrite a package that exists
    #[arg(long)]
    force: bool,
    /// What the program has to start on
    #[arg(long, value_enum, default_value_t)]
    image: Image,
    /// Pack the program as it is
    #[arg(long)]
    no_build: bool,
    #[command(flatten)]
    choice: Choice,
    /// Link the program to the libraries of the system
    #[arg(long, conflicts_with = "no_build")]
    dynamic: bool,
    /// Build and write nothing, and say what would be packed
    #[arg(long)]
    dry_run: bool,
    /// One JSON document instead of text
    #[arg(long)]
    json: bool,
}

impl Package {
    /// Makes the package, and prints what is in it.
    ///
    /// # Errors
    ///
    /// No app, a package that exists already, and everything for which an app is refused: exit 64, and nothing is written. A build
    /// that fails, a file that cannot be written.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        Project::find(&self.folder)?;
        output_file::refuse_overwriting(&self.output, self.force || self.dry_run)?;
        if !self.no_build && !self.dry_run {
            self.build()?;
        }
        let subject = Subject::read(&self.folder)?;
        output_file::refuse_needed(&self.output, &self.folder, &check::needed_files(&subject))?;
        let contents = Contents::of(&subject, &self.output, self.image)?;
        let zip = archive::zip(&contents.files)
            .map_err(|error| Failure::No(format!("the files cannot be packed: {error}")))?;
        if !self.dry_run {
            self.write(&zip)?;
        }
        let written = (!self.dry_run).then_some(self.output.as_path());
        let report = Report::new(&contents, &zip, written);
        if self.json {
            output::print_json(&report)?;
        } else {
            output::print(&report.to_string())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Builds what cargo makes of the app; other programs are packed as they are.
    fn build(&self) -> Result<(), Failure> {
        let environment = Variables::inherited();
        let host_json = Project::host_json(&self.folder, &environment)?;
        if let Some(program) = gated::own_program(&host_json.custom_handler) {
            let program = expanded(&program, &environment);
            let how = How {
                choice: &self.choice,
                lock_file: LockFile::Kept,
                linking: match self.dynamic {
                    true => Linking::System,
                    false => Linking::Static,
                },
            };
            build::build(&self.folder, &program, &how)?;
        }
        Ok(())
    }

    fn write(&self, zip: &[u8]) -> Result<(), Failure> {
        let write = match self.force {
            true => atomic_file::replace,
            false => atomic_file::create,
        };
        write(&self.output, zip, Access::Public).map_err(|error| {
            let text = format!(
                "expected to write the package here, found: {error}; choose another name with --output"
            );
            Problem::new(self.output.display().to_string(), text).into()
        })
    }
}
