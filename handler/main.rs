//! The deployed binary: the Functions host starts it, and it serves until it is asked to end.

mod functions;
mod outgoing;

use std::process::ExitCode;

use functions_handler::Handler;

fn main() -> ExitCode {
    Handler::new().run(|start| {
        let outgoing = outgoing::Outgoing::new(start)?;
        Ok(functions::registry(outgoing.calls()))
    })
}
