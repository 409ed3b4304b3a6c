//! A test that cannot run here says so where everybody sees it.

use std::io::Write as _;

/// Prints `skipped: …` past the test program's own capture. `.ci/run` counts such lines.
///
/// `what` says what is missing and how to get it.
pub fn skipped(what: &str) {
    // One write, so that lines of parallel tests do not mix.
    let line = format!("\nskipped: {what}\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}
