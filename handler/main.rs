//! The deployed binary: the Functions host starts it, and it serves until it is asked to end.

mod functions;

use std::process::ExitCode;

use functions_handler::Handler;

fn main() -> ExitCode {
    Handler::new().run_with(functions::registry)
}
