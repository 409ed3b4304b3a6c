//! The real gate in front of real servers.
//!
//! This program is the tests, and the servers by its first argument.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    missing_docs,
    reason = "a test fails by panicking, and a server prints"
)]

mod app;
mod attached;
mod attack;
mod bad_input;
mod decisions;
mod denied_status;
mod leaving;
mod life;
mod load;
mod logging;
mod replay;
mod servers;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, kind, ..] = arguments.as_slice()
        && first == "serve"
    {
        return servers::run(kind);
    }
    let trials = [
        attached::trials(),
        attack::trials(),
        bad_input::trials(),
        decisions::trials(),
        denied_status::trials(),
        leaving::trials(),
        life::trials(),
        load::trials(),
        replay::trials(),
    ];
    let trials: Vec<Trial> = trials.into_iter().flatten().collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// Tests by their names.
macro_rules! trials {
    ($($test:ident),* $(,)?) => {
        pub(crate) fn trials() -> Vec<libtest_mimic::Trial> {
            vec![$(libtest_mimic::Trial::test(stringify!($test), || {
                $test();
                Ok(())
            })),*]
        }
    };
}

pub(crate) use trials;
