//! What the server prints.

mod last_lines;
mod lines;
mod pass_on;
mod relay;

use std::fmt;
use std::io::{self, Write};

pub(crate) use last_lines::LastLines;
pub(crate) use pass_on::PassedOn;
pub(crate) use relay::Relay;

/// Where the server's output goes, line by line and unchanged.
///
/// A thread writes to each; one that blocks holds nobody up. Errors of writing are passed over.
pub struct Output {
    pub(crate) stdout: Box<dyn Write + Send>,
    pub(crate) stderr: Box<dyn Write + Send>,
}

impl Output {
    /// Two writers, one for each stream.
    pub fn new(stdout: impl Write + Send + 'static, stderr: impl Write + Send + 'static) -> Self {
        Self {
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
        }
    }

    /// Our own standard output and standard error.
    #[must_use]
    pub fn inherited() -> Self {
        Self::new(io::stdout(), io::stderr())
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}
