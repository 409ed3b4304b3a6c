//! A child that does not outlive us, however we end.
//!
//! Linux can kill a process when its parent is gone, but only the process itself can ask for it. So the tool starts
//! itself, asks, and then becomes the handler: one process, one id, the arguments and the environment of the handler.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use tokio::process::Command;

use crate::failure::Failure;

/// The name of the hidden command.
const COMMAND: &str = "become";

/// Becomes another program, which ends when its parent does
#[derive(Args)]
pub(crate) struct Become {
    /// The process id of the parent
    parent: u32,
    /// The program
    program: PathBuf,
    /// Its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Become {
    /// Never returns where it succeeds.
    ///
    /// # Errors
    ///
    /// The program cannot be executed, or the system is not Linux.
    #[cfg(target_os = "linux")]
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        use std::os::unix::process::CommandExt;

        use rustix::process::{Signal, set_parent_process_death_signal};

        set_parent_process_death_signal(Some(Signal::KILL))
            .map_err(|error| Failure::No(format!("the handler cannot be tied to mtls: {error}")))?;
        // The parent may have ended before that.
        if std::os::unix::process::parent_id() != self.parent {
            return Ok(ExitCode::FAILURE);
        }
        let error = std::process::Command::new(&self.program)
            .args(&self.arguments)
            .exec();
        Err(Failure::No(format!("{}: {error}", self.program.display())))
    }

    /// Elsewhere nothing calls it.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        Err(Failure::No("this command is for Linux".to_owned()))
    }
}

/// The command that starts `program` tied to this process; elsewhere than on Linux, `program` alone.
pub(super) fn tied(program: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    // This very file, also when a newer build has replaced it.
    let mut command = Command::new("/proc/self/exe");
    command
        .arg(COMMAND)
        .arg(std::process::id().to_string())
        // What follows is the handler's, a `--` of its own as well.
        .arg("--")
        .arg(program);
    command
}

/// Where the operating system would find the program: relative to `directory`, or in `search_path` for a bare name.
///
/// # Errors
///
/// `NotFound`, or `PermissionDenied` where the execute bit is missing.
pub(super) fn find(
    program: &Path,
    directory: &Path,
    search_path: Option<&str>,
) -> std::io::Result<PathBuf> {
    let is_bare = program.components().count() == 1 && program.is_relative();
    if !is_bare {
        let path = directory.join(program);
        return executable(&path).map(|()| path);
    }
    let folders = std::env::split_paths(search_path.unwrap_or_default());
    folders
        .map(|folder| folder.join(program))
        .find(|path| executable(path).is_ok())
        .ok_or_else(|| std::io::ErrorKind::NotFound.into())
}

fn executable(path: &Path) -> std::io::Result<()> {
    let metadata = std::fs::metadata(path)?;
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    if metadata.is_file() && may_run {
        Ok(())
    } else {
        Err(std::io::ErrorKind::PermissionDenied.into())
    }
}
