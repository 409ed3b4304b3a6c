//! An app in a crate of its own.

mod greeting;
mod orders;

use std::process::ExitCode;

use functions_handler::functions::Registry;

fn main() -> ExitCode {
    let registry = Registry::new()
        .public("Greeting", greeting::run)
        .secured("Orders", orders::run);
    functions_handler::run(registry)
}
