//! What a command answers on standard output.

use std::io::{self, Write as _};

use crate::Failure;

/// Prints `text` as it stands. A reader that has seen enough and closed the pipe, as `head` does, is no failure.
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
