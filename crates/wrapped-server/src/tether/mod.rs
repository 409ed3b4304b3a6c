//! Processes that end when we do, however we end.

mod become_server;
mod keeper;
mod protocol;
mod tethered;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::ExitCode;

pub(crate) use tethered::{Report, Tethered};

/// The first argument of the process that keeps the server.
const KEEP: &str = "--tether";

/// The first argument of the process that becomes the server.
const BECOME: &str = "--tether-become";

/// Runs as the tether, or becomes the server, if this process was started for that.
///
/// The first thing that `main` does in a program that uses [`WrappedServer`](crate::WrappedServer): no thread may
/// have been started, and the arguments belong to nobody else. Nothing is returned in the program itself.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let role = arguments.next()?;
    let rest: Vec<OsString> = arguments.collect();
    if role == KEEP {
        Some(keeper::run(&rest))
    } else if role == BECOME {
        Some(become_server::run(&rest))
    } else {
        None
    }
}

/// This very program, also when a newer build has replaced its file.
fn own_program() -> PathBuf {
    let linux = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") {
        return linux;
    }
    std::env::current_exe().unwrap_or(linux)
}

/// A program and its arguments, as they are handed from one process to the next.
fn split(line: &[OsString]) -> Option<(&OsStr, &[OsString])> {
    let (program, arguments) = line.split_first()?;
    Some((program, arguments))
}
