//! `mtls`, the developer tool: real mutual TLS on localhost, test certificates, explanations, a probe.

#![allow(
    rustdoc::bare_urls,
    rustdoc::broken_intra_doc_links,
    reason = "the doc comments of arguments are help texts, which are not marked up"
)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustls_pki_types::UnixTime;

mod app;
mod atomic_file;
mod body;
mod build;
mod call;
mod certificate;
mod certificate_file;
mod check;
mod completions;
mod connect;
mod connection_pool;
mod examples;
mod explain;
mod failure;
mod front_end;
mod functions;
mod gate_program;
mod gated;
mod handler_process;
mod identity_file;
mod init;
mod journal;
mod lines;
mod local;
mod local_environment;
mod local_settings;
mod new;
mod openapi;
mod output;
mod package;
mod password;
mod pfx;
mod policy;
mod postman;
mod printable;
mod probe;
mod route_part;
mod secret;
mod server_anchors;
mod shutdown;
mod stand_in;
mod table;
mod test_certificates;
mod tls;

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
    #[command(hide = true)]
    Become(handler_process::Become),
    Build(build::Build),
    Call(call::Call),
    /// Make, show, encode and revoke certificates
    #[command(subcommand)]
    Certificate(certificate::Certificate),
    Check(check::Check),
    Completions(completions::Completions),
    Connect(connect::Connect),
    Explain(explain::Explain),
    FrontEnd(front_end::command::FrontEndCommand),
    Functions(functions::Functions),
    Init(init::Init),
    Local(local::Local),
    Man(completions::ManPage),
    New(new::New),
    #[command(name = "openapi")]
    OpenApi(openapi::OpenApi),
    Package(package::Package),
    /// Make, check and compare policy documents
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    Postman(postman::Postman),
    Probe(probe::Probe),
}

/// What the process exits with where the command line is not understood; the parser's own code.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && any_argument_is_key_material() => {
            let text = "expected options and names of files, found key material among them; put it into a file and give \
                        the file's name";
            Failure::No(text.to_owned()).report();
            return ExitCode::from(EXIT_USAGE);
        }
        Err(error) => error.exit(),
    };
    let result = match cli.command {
        Some(command) => run(command),
        None => greet(),
    };
    match result {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}

/// The parser quotes what it does not understand; key material that was pasted is not repeated.
fn any_argument_is_key_material() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    arguments.any(|argument| app_settings::is_key_material(&argument.to_string_lossy()))
}

/// Answers a call without arguments.
fn greet() -> Result<ExitCode, Failure> {
    output::print(&examples::text())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs one command; the code is what the process exits with.
fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Become(command) => command.run(),
        Command::Build(command) => command.run(),
        Command::Call(command) => command.run(UnixTime::now()),
        Command::Certificate(command) => command.run(UnixTime::now()),
        Command::Check(command) => command.run(),
        Command::Completions(command) => command.run(),
        Command::Connect(command) => command.run(),
        Command::Explain(command) => command.run(UnixTime::now()),
        Command::FrontEnd(command) => command.run(),
        Command::Functions(command) => command.run(UnixTime::now()),
        Command::Init(command) => command.run(),
        Command::Local(command) => command.run(),
        Command::Man(command) => command.run(),
        Command::New(command) => command.run(),
        Command::OpenApi(command) => command.run(),
        Command::Package(command) => command.run(),
        Command::Policy(command) => command.run(UnixTime::now()),
        Command::Postman(command) => command.run(),
        Command::Probe(command) => command.run(),
    }
}
