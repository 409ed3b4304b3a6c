//! The server's command, and the secret that it gets.

use std::ffi::OsString;

use app_settings::{Environment, Problem};
use upstream::Secret;
use uuid::Uuid;
use wrapped_server::ServerCommand;

use crate::settings::{SECRET, WITHHELD};

/// The command after `--`. `None` if there is nothing at all.
pub(super) fn command(
    mut arguments: impl Iterator<Item = OsString>,
) -> Result<Option<ServerCommand>, Problem> {
    let problem = |found: &str| {
        let text = format!(
            "expected `--` and the server's command, as in `gate -- python3 server.py`, found {found}; correct the arguments in host.json"
        );
        Problem::new("the command line", text)
    };
    match arguments.next() {
        None => return Ok(None),
        Some(first) if first == "--" => {}
        Some(_) => return Err(problem("another first argument")),
    }
    let program = arguments
        .next()
        .ok_or_else(|| problem("nothing after it"))?;
    let command = ServerCommand::new(program, std::env::vars_os());
    Ok(Some(arguments.fold(command, ServerCommand::argument)))
}

pub(super) fn with_variables(
    command: ServerCommand,
    secret: Option<(Secret, String)>,
) -> ServerCommand {
    let command = WITHHELD.into_iter().fold(command, ServerCommand::withhold);
    match secret {
        Some((_, text)) => command.variable(SECRET, text),
        None => command,
    }
}

/// The secret that is configured; a fresh one for a server that we start.
pub(super) fn secret(
    environment: &Environment,
    is_started: bool,
    problems: &mut Vec<Problem>,
) -> Option<(Secret, String)> {
    let text = match environment.setting(SECRET, problems) {
        Some(value) => value.expose().to_owned(),
        None if is_started => format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()),
        None => return None,
    };
    match Secret::new(&text) {
        Ok(secret) => Some((secret, text)),
        Err(expected) => {
            problems.push(Problem::new(SECRET, format!("{expected}; choose another")));
            None
        }
    }
}
