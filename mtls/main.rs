//! `mtls`, the developer tool: real mutual TLS on localhost, test certificates, explanations, a probe.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

mod atomic_file;
mod body;
mod certificate;
mod certificate_file;
mod connection_pool;
mod failure;
mod front_end;
mod handler_process;
mod journal;
mod lines;
mod local;
mod local_settings;
mod password;
mod pfx;
mod printable;
mod shutdown;
mod stand_in;
mod test_certificates;

use failure::Failure;

/// Client certificates for Azure Functions, before anything is deployed.
#[derive(Parser)]
#[command(name = "mtls", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// One variant a command; each command's file holds its arguments and its `run`.
#[derive(Subcommand)]
enum Command {
    FrontEnd(front_end::command::FrontEndCommand),
    Local(local::Local),
}

fn main() -> ExitCode {
    let Some(command) = Cli::parse().command else {
        let _ = Cli::command().print_help();
        return ExitCode::SUCCESS;
    };
    match run(command) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

/// Runs one command; the code is what the process exits with.
fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::FrontEnd(command) => command.run(),
        Command::Local(command) => command.run(),
    }
}
