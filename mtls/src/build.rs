//! `mtls build`: the program that `host.json` names, built by cargo as it is deployed and put in its place.
//!
//! Whether something has to be compiled again is cargo's business, so cargo is always asked.

mod binary;
mod cargo;
mod linking;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app_settings::Problem;
use clap::Args;

use crate::Failure;
use crate::atomic_file::{self, Access};
use crate::gated;
use crate::handler_process::{Variables, expanded};
use crate::output;
use crate::stand_in::Project;
use crate::test_certificates;

pub(crate) use binary::Choice;
pub(crate) use cargo::LockFile;
pub(crate) use linking::Linking;

/// The program that cargo made, in its place.
pub(crate) struct Built {
    pub(crate) program: PathBuf,
    /// Whether it is another one than before.
    pub(crate) is_new: bool,
}

/// What is built, and in which way.
pub(crate) struct How<'a> {
    pub(crate) choice: &'a Choice,
    pub(crate) lock_file: LockFile,
    pub(crate) linking: Linking,
}

/// Build the program that host.json names, as it is deployed, and put it where the Functions host starts it
///
/// The program is customHandler.description.defaultExecutablePath, such as bin/handler. Cargo says which binary of the
/// folder's package makes it: the one of that name, or the only one.
/// With --static it needs no library of the machine that it starts on, and names no folder of this one; the first such build
/// compiles everything once more.
#[derive(Args)]
pub(crate) struct Build {
    /// The app's folder, with host.json and Cargo.toml
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    #[command(flatten)]
    choice: Choice,
    /// Link everything into the program: it starts on any Linux of x86-64
    #[arg(long = "static")]
    is_static: bool,
}

impl Build {
    /// Builds, and prints where the program is and how big.
    ///
    /// # Errors
    ///
    /// No app, no manifest, no binary that makes the program, several of them; a build that fails.
    pub(crate) fn run(&self) -> Result<ExitCode, Failure> {
        Project::find(&self.project)?;
        let environment = Variables::inherited();
        let host_json = Project::host_json(&self.project, &environment)?;
        let Some(program) = gated::own_program(&host_json.custom_handler) else {
            let text = "expected a program to build, found a gate without a server's command; build the server with its own tools";
            return Err(Problem::new("host.json", text).into());
        };
        let executable = expanded(&program, &environment);
        let manifest = self.project.join("Cargo.toml");
        if !manifest.is_file() {
            let text = format!(
                "expected a cargo package that makes {executable}, found no Cargo.toml; build the program with its own tools, or give the app's folder with --project"
            );
            return Err(Problem::new(manifest.display().to_string(), text).into());
        }
        let how = How {
            choice: &self.choice,
            lock_file: LockFile::Kept,
            linking: match self.is_static {
                true => Linking::Static,
                false => Linking::System,
            },
        };
        let built = build(&self.project, &executable, &how)?;
        // A host that runs restarts at a new folder.
        test_certificates::make_folder_for(&self.project)?;
        let Some(Built { program, .. }) = built else {
            let text = format!(
                "expected a program that cargo can build, found {executable}, which no binary of this folder makes; choose one with --bin, or build the program with its own tools"
            );
            return Err(Problem::new("host.json", text).into());
        };
        let bytes = fs::metadata(&program)
            .map_err(|error| unwritable(&program, &error))?
            .len();
        output::print(&format!("{} ({})\n", program.display(), size(bytes)))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Has cargo build what `executable` is made from, and puts it there. Cargo's progress goes to standard error.
///
/// `executable` is the path as `host.json` names it, variables expanded. Nothing is built, and nothing is returned, in
/// a folder without `Cargo.toml`, for an absolute path, for a script, and for a bare name that no binary has: the host
/// looks for that one in `PATH`.
///
/// # Errors
///
/// A choice that cargo does not know, several binaries to choose from, a build that fails (its messages have been
/// shown), a file that cannot be read or written.
pub(crate) fn build(
    folder: &Path,
    executable: &str,
    how: &How<'_>,
) -> Result<Option<Built>, Failure> {
    if Path::new(executable).is_absolute() || !folder.join("Cargo.toml").is_file() {
        return Ok(None);
    }
    let program = place(folder, executable);
    if is_script(&program) {
        return Ok(None);
    }
    let candidates = cargo::binaries(folder, how.choice.package.as_deref())?;
    let Some(binary) = binary::choose(&candidates, executable, how.choice)? else {
        return Ok(None);
    };
    let built = cargo::build(folder, binary, how)?;
    let is_new = put(&built, &program).map_err(|error| unwritable(&program, &error))?;
    Ok(Some(Built { program, is_new }))
}

/// Where the Functions host finds the program; Windows wants the ending.
fn place(folder: &Path, executable: &str) -> PathBuf {
    let path = folder.join(executable);
    if path.extension().is_none() && !std::env::consts::EXE_EXTENSION.is_empty() {
        return path.with_extension(std::env::consts::EXE_EXTENSION);
    }
    path
}

/// Somebody wrote it by hand; it must not be replaced by what cargo builds.
fn is_script(program: &Path) -> bool {
    let mut start = [0; 2];
    let read =
        fs::File::open(program).and_then(|mut file| io::Read::read_exact(&mut file, &mut start));
    read.is_ok() && start == *b"#!"
}

/// Leaves a file alone that is the same already, also since `host.json` may name cargo's own output; says whether it was
/// another one.
fn put(built: &Path, program: &Path) -> io::Result<bool> {
    let bytes = fs::read(built)?;
    if fs::read(program).is_ok_and(|there| there == bytes) {
        return Ok(false);
    }
    if let Some(folder) = program.parent() {
        fs::create_dir_all(folder)?;
    }
    atomic_file::replace(program, &bytes, Access::Executable)?;
    Ok(true)
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let text = format!(
        "expected to put the built program here, found: {error}; stop a program that runs from there, and look at the folder's permissions"
    );
    Problem::new(path.display().to_string(), text).into()
}

/// In megabytes of a million bytes, to one place.
fn size(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded() {
        for (bytes, expected) in [(0, "0.0 MB"), (9_050_000, "9.1 MB"), (9_049_999, "9.0 MB")] {
            assert_eq!(size(bytes), expected);
        }
    }
}
