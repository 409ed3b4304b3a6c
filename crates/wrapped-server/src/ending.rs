//! How a server ends.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;

use crate::command::{MissingPart, NotRunnable};
use crate::readiness::NotYet;

/// How a server ended that nobody stopped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Ending {
    /// It never ran.
    NotStarted(NotStarted),
    /// Its process ended. Any status counts as a failure, 0 too.
    Exited {
        /// The exit status or the signal.
        status: ExitStatus,
        /// Whether it had been ready.
        was_ready: bool,
    },
    /// It was not ready in time, and was killed.
    NeverReady {
        /// Where it was to listen.
        address: SocketAddr,
        /// What the last look found.
        why: NotYet,
        /// Where its processes listened instead, as far as that is known.
        listening: Vec<SocketAddr>,
    },
    /// It said that its address is in use.
    AddressInUse {
        /// The address that it was given.
        address: SocketAddr,
    },
    /// Somebody killed the process that keeps it, and it ended with that.
    TetherKilled,
}

/// Why a process could not be started.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotStarted {
    /// There is no such program, or it must not be executed.
    NotRunnable(NotRunnable),
    /// The operating system refused to execute it.
    Refused {
        /// The file.
        program: PathBuf,
        /// What the operating system said.
        error: Arc<io::Error>,
        /// What is not there, where the file itself is.
        missing: Option<MissingPart>,
    },
    /// No port is free.
    NoFreePort(Arc<io::Error>),
    /// Another program listens on the fixed address: it would get the requests.
    AddressTaken(SocketAddr),
}

/// Why the server is given up.
#[derive(Clone, Debug)]
pub struct Hopeless {
    /// How many starts in a row never became ready.
    pub failed_starts: u32,
    /// How the last of them ended.
    pub ending: Ending,
    /// The last lines of its output, the oldest first.
    pub last_lines: Vec<String>,
}

/// How everything ended.
#[derive(Clone, Debug)]
pub enum End {
    /// It was stopped.
    Stopped,
    /// It never became ready.
    Hopeless(Hopeless),
    /// Nobody keeps it any longer, and it was killed: a panic in the function that takes the events, or the end of the
    /// runtime.
    Abandoned,
}

impl NotStarted {
    /// The operating system refused to execute a file.
    pub(crate) fn refused(program: &Path, error: io::Error) -> Self {
        let is_not_found = error.kind() == io::ErrorKind::NotFound;
        Self::Refused {
            program: program.to_owned(),
            missing: is_not_found.then(|| MissingPart::of(program)),
            error: Arc::new(error),
        }
    }

    /// Whether another start would find the same.
    pub(crate) fn is_permanent(&self) -> bool {
        match self {
            Self::NotRunnable(_) => true,
            Self::Refused { error, .. } => matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
            ),
            Self::NoFreePort(_) | Self::AddressTaken(_) => false,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotStarted(reason) => write!(f, "was not started: {reason}"),
            Self::Exited { status, was_ready } => {
                let when = if *was_ready {
                    ""
                } else {
                    " before it was ready"
                };
                write!(f, "ended{when}, {status}")
            }
            Self::NeverReady {
                address,
                why,
                listening,
            } => {
                write!(f, "was not ready on {address} in time: {why}")?;
                write_listening(f, listening)
            }
            Self::AddressInUse { address } => {
                write!(f, "said that an address is in use; it was given {address}")
            }
            Self::TetherKilled => f.write_str("was killed with the process that keeps it"),
        }
    }
}

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRunnable(reason) => reason.fmt(f),
            Self::Refused {
                program,
                error,
                missing,
            } => {
                write!(f, "executing {}: {error}", program.display())?;
                let mut missing = missing.iter();
                missing.try_for_each(|missing| write!(f, "; {missing}"))
            }
            Self::NoFreePort(error) => write!(f, "expected a free port, found: {error}"),
            Self::AddressTaken(address) => write!(
                f,
                "expected nobody on {address}, found a program that listens there: an earlier server, or the gate itself; \
                 stop it or choose another port"
            ),
        }
    }
}

impl fmt::Display for Hopeless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.failed_starts > 1 {
            let starts = self.failed_starts;
            write!(
                f,
                "the server is given up after {starts} starts in a row; it {}",
                self.ending
            )?;
        } else {
            write!(f, "the server is given up; it {}", self.ending)?;
        }
        LastLinesOf(&self.last_lines).fmt(f)
    }
}

pub(crate) fn write_listening(f: &mut fmt::Formatter<'_>, listening: &[SocketAddr]) -> fmt::Result {
    if listening.is_empty() {
        return Ok(());
    }
    write!(
        f,
        "; it listens on {}: give it its address by {{port}} in an argument, or set a fixed port",
        List(listening)
    )
}

pub(crate) struct List<'a>(pub(crate) &'a [SocketAddr]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, address) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { " and " };
            write!(f, "{separator}{address}")?;
        }
        Ok(())
    }
}

pub(crate) struct LastLinesOf<'a>(pub(crate) &'a [String]);

impl fmt::Display for LastLinesOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("; it printed nothing");
        }
        f.write_str("; its last lines:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}
