//! Real servers behind a real tether: ports, readiness, output, restarts, and that nothing is left.
//!
//! This program is the test, the tether, the servers and the owner that is killed, by its first argument.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::exit,
    missing_docs,
    reason = "a test fails by panicking"
)]

mod bad_commands;
mod environment;
mod held;
mod marked;
mod nothing_left;
mod output;
mod owner;
mod readiness;
mod restarts;
mod servers;
mod stop;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if let Some(code) = wrapped_server::run_if_asked() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["serve", rest @ ..] => servers::run(rest),
        ["own", rest @ ..] => owner::run(rest),
        _ => {
            let trials = [
                bad_commands::trials(),
                environment::trials(),
                nothing_left::trials(),
                output::trials(),
                readiness::trials(),
                restarts::trials(),
                stop::trials(),
            ];
            let trials: Vec<Trial> = trials.into_iter().flatten().collect();
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}

/// Tests by their names, each on a runtime of its own.
macro_rules! trials {
    ($($test:ident),* $(,)?) => {
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$(libtest_mimic::Trial::test(stringify!($test), || {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                runtime.block_on($test());
                Ok(())
            })),*]
        }
    };
}
pub(crate) use trials;
