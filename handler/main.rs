//! The deployed binary: the Functions host starts it, and it serves until it is asked to end.

mod outgoing;
mod start;
mod stop;

use std::process::ExitCode;

fn main() -> ExitCode {
    start::run()
}
