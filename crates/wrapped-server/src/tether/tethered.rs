//! Our side of the tether.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, ChildStderr, ChildStdout, Command};

use super::protocol::{Line, Order};
use super::{KEEP, own_program};
use crate::command::Prepared;

/// How long executing the server may take: a file on a share that hangs.
const EXECUTION_LIMIT: Duration = Duration::from_secs(30);

/// How long killed processes may take to be gone: one that waits for a device cannot be killed.
const KILL_LIMIT: Duration = Duration::from_secs(5);

/// A running server, which is killed with all that it started when this is dropped.
pub(crate) struct Tethered {
    keeper: Child,
    server: u32,
    has_ended: bool,
    is_empty: bool,
    orders: OwnedWriteHalf,
    reports: Lines<BufReader<OwnedReadHalf>>,
}

/// What became of the server.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Report {
    /// It ended; what it started may still run.
    Ended(ExitStatus),
    /// It ended, and nothing is left.
    Empty,
    /// Somebody killed the tether, and the server with it.
    Lost,
}

impl Tethered {
    /// Starts the server; returns once it is executed, with its output.
    ///
    /// # Errors
    ///
    /// What the operating system said.
    pub(crate) async fn start(
        prepared: &Prepared,
    ) -> io::Result<(Self, Option<ChildStdout>, Option<ChildStderr>)> {
        let (ours, theirs) = UnixStream::pair()?;
        let theirs = theirs.into_std()?;
        theirs.set_nonblocking(false)?;
        let mut keeper = Command::new(own_program())
            .arg(KEEP)
            .arg(&prepared.program)
            .args(&prepared.arguments)
            .env_clear()
            .envs(&prepared.environment)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (stdout, stderr) = (keeper.stdout.take(), keeper.stderr.take());
        let (reports, orders) = ours.into_split();
        let mut tethered = Self {
            keeper,
            server: 0,
            has_ended: false,
            is_empty: false,
            orders,
            reports: BufReader::new(reports).lines(),
        };
        let executed = tokio::time::timeout(EXECUTION_LIMIT, tethered.executed()).await;
        match executed.unwrap_or_else(|elapsed| Err(elapsed.into())) {
            Ok(server) => tethered.server = server,
            Err(error) => {
                tethered.kill().await;
                return Err(error);
            }
        }
        Ok((tethered, stdout, stderr))
    }

    async fn executed(&mut self) -> io::Result<u32> {
        match self.line().await {
            Some(Line::Started(pid)) => Ok(pid),
            Some(Line::NotStarted(errno)) => Err(io::Error::from_raw_os_error(errno)),
            Some(Line::Ended(_) | Line::Empty) | None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    /// The server's process id, which is its group's too.
    pub(crate) fn server(&self) -> u32 {
        self.server
    }

    /// The process whose descendants are the server's processes.
    pub(crate) fn keeper(&self) -> Option<Pid> {
        pid(self.keeper.id()?)
    }

    /// Waits for the next change. Nothing is lost when it is not waited for.
    pub(crate) async fn report(&mut self) -> Report {
        match self.line().await {
            Some(Line::Ended(status)) => {
                self.has_ended = true;
                Report::Ended(ExitStatus::from_raw(status))
            }
            Some(Line::Empty) => {
                self.is_empty = true;
                Report::Empty
            }
            Some(Line::Started(_) | Line::NotStarted(_)) | None => Report::Lost,
        }
    }

    /// Asks the server, and all that it started, to end.
    pub(crate) async fn terminate(&mut self) {
        self.order(Order::Terminate).await;
    }

    /// Waits until nothing is left.
    pub(crate) async fn until_empty(&mut self) {
        while !self.is_empty {
            if let Report::Lost = self.report().await {
                self.kill_group();
                self.is_empty = true;
            }
        }
    }

    /// Kills what is left, and waits until it is gone.
    pub(crate) async fn kill(&mut self) {
        self.order(Order::Kill).await;
        // One that waits for a device cannot be killed.
        let _ = tokio::time::timeout(KILL_LIMIT, self.until_empty()).await;
        // It says that it ends; whoever reaps orphans may have been faster.
        let _ = tokio::time::timeout(KILL_LIMIT, self.keeper.wait()).await;
    }

    /// Without its tether the server ends; what it started is in its group. The number is its own as long as nobody has
    /// reaped it.
    fn kill_group(&self) {
        if let Some(group) = pid(self.server)
            && !self.has_ended
        {
            // It may be gone already.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    async fn line(&mut self) -> Option<Line> {
        let line = self.reports.next_line().await.ok().flatten()?;
        Line::parse(&line)
    }

    async fn order(&mut self, order: Order) {
        // A tether that has ended needs none; its report says so.
        let _ = self.orders.write_all(format!("{order}\n").as_bytes()).await;
    }
}

fn pid(raw: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(raw).ok()?)
}
