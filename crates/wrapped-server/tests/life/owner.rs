//! A process that holds a server and is killed, and one that adopts orphans.

use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use wrapped_server::{Output, ServerCommand, ServerOptions, WrappedServer};

use crate::marked::{MARK, Mark};

/// `own MARK PROGRAM ARGUMENT…` holds a server for ever; `own adopt` reaps an orphan.
pub(crate) fn run(arguments: &[&str]) -> ExitCode {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    match arguments {
        ["adopt"] => runtime.block_on(adopt()),
        [mark, program, rest @ ..] => runtime.block_on(hold(mark, program, rest)),
        other => panic!("{other:?}"),
    }
}

async fn hold(mark: &str, program: &str, arguments: &[&str]) -> ExitCode {
    let mut command = ServerCommand::new(program, std::env::vars_os()).variable(MARK, mark);
    for argument in arguments {
        command = command.argument(argument);
    }
    let server = WrappedServer::start(
        command,
        ServerOptions::default(),
        Output::inherited(),
        |event| eprintln!("{event}"),
    );
    let end = server.ended().await;
    panic!("{end:?}");
}

/// A process whose parent ended is adopted, ends, and is reaped, beside a server that is watched.
async fn adopt() -> ExitCode {
    rustix::process::set_child_subreaper(Some(rustix::process::getpid())).unwrap();
    let own = std::env::current_exe().unwrap();
    let command = ServerCommand::new(own, std::env::vars_os())
        .argument("serve")
        .argument("ok");
    let server = WrappedServer::start(
        command,
        ServerOptions::default(),
        Output::inherited(),
        |_| {},
    );
    server.ready().await.unwrap();
    let script = "sleep 0.1 & echo $!";
    let output = Command::new("sh").args(["-c", script]).output().unwrap();
    let orphan = String::from_utf8(output.stdout).unwrap();
    let is_there = || std::fs::exists(format!("/proc/{}", orphan.trim())).unwrap();
    let reaped = async {
        while is_there() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let reaped = tokio::time::timeout(crate::marked::PATIENCE, reaped).await;
    server.stop(Duration::from_secs(5)).await;
    ExitCode::from(u8::from(reaped.is_err()))
}

/// Starts an owner of a program.
pub(crate) fn start(mark: &Mark, program: &str, arguments: &[&str]) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["own", &mark.0, program])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}
