//! The tether: a process between us and the server that outlives neither.

use std::ffi::OsString;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::process::ExitCode;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, wait};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::signal::unix::{Signal as SignalStream, SignalKind, signal};

use super::become_server;
use super::protocol::{Line, Order};
use super::split;
use crate::processes::descendants;

/// How often what is left is killed again: a process may have forked meanwhile.
const KILL_INTERVAL: Duration = Duration::from_millis(10);

/// Starts the server and keeps it, until nothing is left of it.
pub(super) fn run(command_line: &[OsString]) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let kept = runtime.and_then(|runtime| runtime.block_on(keep(command_line)));
    if kept.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn keep(command_line: &[OsString]) -> io::Result<()> {
    let (program, arguments) = split(command_line).ok_or(io::ErrorKind::InvalidInput)?;
    prepare()?;
    let _kept_on = ignored_signals()?;
    let mut ended = signal(SignalKind::child())?;
    let (orders, mut reports) = owner()?.into_split();
    let server = match become_server::spawn(program, arguments) {
        Ok(server) => server,
        Err(error) => {
            let line = Line::NotStarted(error.raw_os_error().unwrap_or_default());
            return report(&mut reports, line).await;
        }
    };
    let mut kept = Kept {
        server,
        is_reaped: false,
        is_doomed: false,
        reports,
    };
    kept.report(Line::Started(server.as_raw_pid().cast_unsigned()))
        .await;
    let mut orders = BufReader::new(orders).lines();
    loop {
        tokio::select! {
            line = orders.next_line(), if !kept.is_doomed => {
                kept.obey(Order::parse(line.ok().flatten().as_deref()));
            }
            _ = ended.recv() => {}
            () = tokio::time::sleep(KILL_INTERVAL), if kept.is_doomed => kept.signal(Signal::KILL),
        }
        if !kept.reap().await {
            // On Linux nothing is left; elsewhere there may be some of its group that nobody adopted.
            kept.signal(Signal::KILL);
            kept.report(Line::Empty).await;
            return Ok(());
        }
    }
}

/// Adopts what loses its parent, under a name by which nobody kills us by mistake.
fn prepare() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        rustix::thread::set_name(c"tether")?;
    }
    Ok(())
}

/// Signals that end the server, or us together with our owner, in an order that the owner decides.
fn ignored_signals() -> io::Result<[SignalStream; 3]> {
    Ok([
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
    ])
}

/// Standard input is our owner's socket.
fn owner() -> io::Result<UnixStream> {
    let socket = StdUnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

/// The server with all that it started.
struct Kept {
    server: Pid,
    is_reaped: bool,
    is_doomed: bool,
    reports: OwnedWriteHalf,
}

impl Kept {
    fn obey(&mut self, order: Order) {
        match order {
            Order::Terminate => self.signal(Signal::TERM),
            Order::Kill => {
                self.is_doomed = true;
                self.signal(Signal::KILL);
            }
        }
    }

    /// Signals the server's group as one, and each descendant outside it.
    ///
    /// Once the server is reaped its number may be that of another group, so on Linux each process is signalled alone.
    fn signal(&self, signal: Signal) {
        let as_group = !self.is_reaped || !cfg!(target_os = "linux");
        if as_group {
            // It may be gone already, here and below.
            let _ = kill_process_group(self.server, signal);
        }
        for process in descendants(rustix::process::getpid()) {
            if !as_group || process.group != Some(self.server) {
                let _ = kill_process(process.pid, signal);
            }
        }
    }

    /// Reaps what has ended; whether anything is left.
    async fn reap(&mut self) -> bool {
        loop {
            match wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) if pid == self.server => {
                    self.is_reaped = true;
                    self.report(Line::Ended(status.as_raw())).await;
                }
                Ok(Some(_)) | Err(Errno::INTR) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    async fn report(&mut self, line: Line) {
        // Without an owner the socket's end has been read, or will be.
        let _ = report(&mut self.reports, line).await;
    }
}

async fn report(reports: &mut OwnedWriteHalf, line: Line) -> io::Result<()> {
    reports.write_all(format!("{line}\n").as_bytes()).await
}
