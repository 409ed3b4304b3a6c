//! What a command answers on standard output.

use std::io::{self, Write as _};

use serde::Serialize;

use crate::Failure;
use crate::printable::printable_json;

/// Prints `text` as it is. A reader that has seen enough and closed the pipe, as `head` does, is no failure.
///
/// # Errors
///
/// Any other failure to write, such as a full disk.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::No(format!(
            "the answer could not be written: {error}"
        ))),
        _ => Ok(()),
    }
}

/// Prints one JSON document for programs, hidden characters escaped.
///
/// # Errors
///
/// A value that has no JSON, and a failure to write.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Failure::No(error.to_string()))?;
    print(&format!("{}\n", printable_json(&text)))
}
