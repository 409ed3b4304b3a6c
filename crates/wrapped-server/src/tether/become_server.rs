//! A process that becomes the server, and is killed when the tether ends.
//!
//! Linux kills a process when its parent ends only if the process itself has asked for it. So the tether starts this
//! program once more, which asks and then executes the server: one process, one id.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::{CommandExt as _, parent_id};
use std::process::{Command, ExitCode, Stdio};

use rustix::process::Pid;

use super::{BECOME, own_program, split};

/// Starts the server in a process group of its own; returns once it is executed.
///
/// The calling thread must live as long as the server: its end counts as its parent's.
///
/// # Errors
///
/// What the operating system said to executing it.
pub(super) fn spawn(program: &OsStr, arguments: &[OsString]) -> io::Result<Pid> {
    let (mut failure, failure_end) = io::pipe()?;
    // The command holds the other end of the pipe, and goes at once.
    let child = Command::new(own_program())
        .arg(BECOME)
        .arg(std::process::id().to_string())
        .arg(program)
        .args(arguments)
        .stdin(failure_end)
        .process_group(0)
        .spawn()?;
    let mut errno = Vec::new();
    failure.read_to_end(&mut errno)?;
    if let Ok(errno) = <[u8; 4]>::try_from(errno) {
        return Err(io::Error::from_raw_os_error(i32::from_ne_bytes(errno)));
    }
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    pid.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Becomes the server. Standard input is the pipe for the operating system's number; executing closes it.
pub(super) fn run(line: &[OsString]) -> ExitCode {
    let Some((parent, command_line)) = split(line) else {
        return ExitCode::FAILURE;
    };
    let Ok(mut failure) = io::stdin().as_fd().try_clone_to_owned().map(File::from) else {
        return ExitCode::FAILURE;
    };
    let error = become_server(parent, command_line);
    let errno = error.raw_os_error().unwrap_or_default();
    // The reader has ended if this fails.
    let _ = failure.write_all(&errno.to_ne_bytes());
    ExitCode::FAILURE
}

fn become_server(parent: &OsStr, command_line: &[OsString]) -> io::Error {
    let Some((program, arguments)) = split(command_line) else {
        return io::ErrorKind::InvalidInput.into();
    };
    #[cfg(target_os = "linux")]
    if let Err(error) =
        rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))
    {
        return error.into();
    }
    // The parent may have ended before that.
    if parent != OsStr::new(&parent_id().to_string()) {
        return io::ErrorKind::BrokenPipe.into();
    }
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .exec()
}
