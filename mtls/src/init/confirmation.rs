//! Asking before files are changed.

use std::io::{self, IsTerminal as _, Write as _};

use app_settings::Problem;

use crate::failure::Failure;

/// Whether the answer is yes; anything but `y` and `yes` is no.
///
/// # Errors
///
/// Nobody to ask, since input or output is no terminal.
pub(super) fn ask(question: &str) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        let text =
            "expected a terminal to ask on, found none; call again with --yes to change the files";
        return Err(Problem::new("--yes", text).into());
    }
    let unread = |error: io::Error| Failure::No(format!("the terminal cannot be used: {error}"));
    let mut terminal = io::stderr().lock();
    write!(terminal, "{question} [y/N] ")
        .and_then(|()| terminal.flush())
        .map_err(unread)?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(unread)?;
    let answer = answer.trim();
    Ok(["y", "yes"]
        .iter()
        .any(|yes| yes.eq_ignore_ascii_case(answer)))
}
