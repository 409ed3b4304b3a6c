//! Two functions: one for anybody, one for admitted callers.

mod hello;
mod who_am_i;

use std::process::ExitCode;

use functions_handler::functions::Registry;

fn main() -> ExitCode {
    let registry = Registry::new()
        .public("Hello", hello::run)
        .secured("WhoAmI", who_am_i::run);
    functions_handler::run(registry)
}
