//! Which check is being made, for somebody who waits at a terminal.

use std::io::{self, IsTerminal as _, Write as _};

/// One line on standard error that is written over again and again. Elsewhere than on a terminal it says nothing.
pub(super) struct Progress {
    shown: bool,
}

impl Progress {
    /// Says nothing yet.
    pub(super) fn new() -> Self {
        Self {
            shown: io::stderr().is_terminal(),
        }
    }

    /// Names the check that begins.
    pub(super) fn show(&self, check: &str) {
        self.write(&format!("\r{check} ...\x1b[K"));
    }

    fn write(&self, text: &str) {
        if self.shown {
            // Whoever closed standard error does not want to know.
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }
}

/// Leaves an empty line for what comes next.
impl Drop for Progress {
    fn drop(&mut self) {
        self.write("\r\x1b[K");
    }
}
