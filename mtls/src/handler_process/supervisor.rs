//! Keeps one handler running.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use functions_handler::host::contract;
use tokio::io::{AsyncRead, BufReader};
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Launch;
use super::restarts::{Ending, Restarts, Verdict};
use crate::journal::{Journal, Stream};
use crate::lines::read_line;

/// How long the host waits for a killed handler to be gone (`WorkerProcess.cs`).
const KILL_WAIT: Duration = Duration::from_secs(1);

/// How long a handler may take to end by itself when everything stops. The host kills it at once, and its last lines
/// with it.
const TERMINATION_WAIT: Duration = Duration::from_secs(1);

/// A running handler; dropping it kills the process.
pub(crate) struct HandlerProcess {
    port: u16,
    state: watch::Receiver<State>,
    commands: mpsc::Sender<Command>,
}

/// Why the handler is gone for good.
#[derive(Clone, Debug)]
pub(crate) enum Ended {
    /// The operating system could not start it.
    NotStarted {
        /// The program as `host.json` names it.
        program: String,
        /// What the operating system said.
        error: String,
    },
    /// It exited with 64.
    Misconfigured {
        /// The program as `host.json` names it.
        program: String,
    },
    /// It ended too often.
    GivenUp {
        /// The program as `host.json` names it.
        program: String,
        /// How it ended last, as the end of a sentence.
        last: String,
    },
    /// We stopped it.
    Stopped,
}

#[derive(Clone, Debug)]
enum State {
    Starting,
    Ready,
    Ended(Ended),
}

enum Command {
    Restart,
    Stop,
}

impl HandlerProcess {
    /// Starts the handler and keeps it running; returns at once.
    pub(crate) fn start(launch: Launch, journal: Arc<Journal>) -> Self {
        let (state_sender, state) = watch::channel(State::Starting);
        let (commands, received) = mpsc::channel(8);
        let port = launch.port();
        let supervisor = Supervisor {
            launch,
            journal,
            state: state_sender,
            commands: received,
        };
        tokio::spawn(supervisor.run());
        Self {
            port,
            state,
            commands,
        }
    }

    /// The port on 127.0.0.1 that the handler was told to listen on.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Waits until the handler answers; false once it is gone for good.
    pub(crate) async fn ready(&self) -> bool {
        let mut state = self.state.clone();
        let settled = state.wait_for(|state| !matches!(state, State::Starting));
        settled
            .await
            .is_ok_and(|state| matches!(*state, State::Ready))
    }

    /// Waits until the handler is gone for good.
    pub(crate) async fn ended(&self) -> Ended {
        let mut state = self.state.clone();
        let ended = state.wait_for(|state| matches!(state, State::Ended(_)));
        match ended.await.as_deref() {
            Ok(State::Ended(ended)) => ended.clone(),
            Ok(State::Starting | State::Ready) | Err(_) => Ended::Stopped,
        }
    }

    /// Kills the handler and starts it again, as the host does when a function runs out of time.
    pub(crate) fn restart(&self) {
        // A full or closed channel means that it is about to end anyhow.
        let _ = self.commands.try_send(Command::Restart);
    }

    /// Asks the handler to end, kills it where it does not, and waits until its last lines have come.
    pub(crate) async fn stop(&self) {
        if self.commands.send(Command::Stop).await.is_ok() {
            // Ended, killed, and the rest of its output read.
            let limit = TERMINATION_WAIT + 3 * KILL_WAIT;
            let _ = tokio::time::timeout(limit, self.ended()).await;
        }
    }
}

struct Supervisor {
    launch: Launch,
    journal: Arc<Journal>,
    state: watch::Sender<State>,
    commands: mpsc::Receiver<Command>,
}

impl Supervisor {
    /// Each turn is one life of the process; [`Restarts`] bounds their number.
    async fn run(mut self) {
        let began = Instant::now();
        let mut restarts = Restarts::default();
        let ended = loop {
            let mut child = match self.launch.spawn() {
                Ok(child) => child,
                Err(error) => break self.not_started(&error),
            };
            let output = self.pass_output_on(&mut child);
            let ending = self.live(&mut child).await;
            self.state.send_replace(State::Starting);
            if ending.is_none() {
                terminate(&mut child).await;
            }
            kill(&mut child).await;
            finish(output).await;
            let Some(ending) = ending else {
                break Ended::Stopped;
            };
            match restarts.after(ending, began.elapsed()) {
                Verdict::Restart => self
                    .journal
                    .note(&format!("the handler {ending}; starting it again")),
                Verdict::Misconfigured => {
                    break Ended::Misconfigured {
                        program: self.program(),
                    };
                }
                Verdict::GiveUp => {
                    let (program, last) = (self.program(), ending.to_string());
                    break Ended::GivenUp { program, last };
                }
            }
        };
        self.state.send_replace(State::Ended(ended));
    }

    /// One life of the process; nothing where we were told to stop.
    async fn live(&mut self, child: &mut Child) -> Option<Ending> {
        let answers = tokio::select! {
            status = child.wait() => return Some(exit(status)),
            command = self.commands.recv() => return ending_of(command.as_ref()),
            answers = answers(self.launch.port(), self.launch.patience()) => answers,
        };
        if !answers {
            return Some(Ending::NotReady);
        }
        self.state.send_replace(State::Ready);
        tokio::select! {
            status = child.wait() => Some(exit(status)),
            command = self.commands.recv() => ending_of(command.as_ref()),
        }
    }

    fn pass_output_on(&self, child: &mut Child) -> JoinSet<()> {
        let mut output = JoinSet::new();
        if let Some(stdout) = child.stdout.take() {
            output.spawn(pass_on(stdout, Stream::Output, self.journal.clone()));
        }
        if let Some(stderr) = child.stderr.take() {
            output.spawn(pass_on(stderr, Stream::Error, self.journal.clone()));
        }
        output
    }

    fn not_started(&self, error: &std::io::Error) -> Ended {
        Ended::NotStarted {
            program: self.program(),
            error: error.to_string(),
        }
    }

    fn program(&self) -> String {
        self.launch.program().to_owned()
    }
}

/// Whether anything answers `GET /`, tried as often as the host tries.
async fn answers(port: u16, patience: Duration) -> bool {
    let pause = contract::PROBE_INTERVAL;
    let tries = patience.as_millis() / pause.as_millis();
    for _ in 0..tries {
        match probe(port).await {
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                tokio::time::sleep(pause).await;
            }
            // Garbage and a dropped connection count as ready, as in the host.
            Ok(()) | Err(_) => return true,
        }
    }
    false
}

/// One `GET /`; done with the first byte of an answer.
async fn probe(port: u16) -> std::io::Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let request = format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut first_byte = [0];
    stream.read_exact(&mut first_byte).await?;
    Ok(())
}

async fn pass_on(pipe: impl AsyncRead + Unpin, stream: Stream, journal: Arc<Journal>) {
    let mut reader = BufReader::new(pipe);
    while let Ok(Some(line)) = read_line(&mut reader).await {
        journal.handler_line(stream, &line);
    }
}

/// Asks the process to end, and waits for it. Ctrl-C in a terminal has asked it already.
async fn terminate(child: &mut Child) {
    #[cfg(unix)]
    {
        use rustix::process::{Pid, Signal, kill_process};
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            // It may be gone already.
            let _ = kill_process(id, Signal::TERM);
        }
        let _ = tokio::time::timeout(TERMINATION_WAIT, child.wait()).await;
    }
    #[cfg(not(unix))]
    let _ = child;
}

async fn kill(child: &mut Child) {
    // It may be gone already.
    let _ = tokio::time::timeout(KILL_WAIT, child.kill()).await;
}

/// Lets the last lines through; a grandchild may hold the pipes open for ever.
async fn finish(mut output: JoinSet<()>) {
    let all = async { while output.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(KILL_WAIT, all).await;
}

fn exit(status: std::io::Result<std::process::ExitStatus>) -> Ending {
    Ending::Exit(status.ok().and_then(|status| status.code()))
}

fn ending_of(command: Option<&Command>) -> Option<Ending> {
    match command {
        Some(Command::Restart) => Some(Ending::FunctionTimedOut),
        Some(Command::Stop) | None => None,
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(Some(code)) => write!(f, "ended with exit code {code}"),
            Self::Exit(None) => write!(f, "was ended by a signal"),
            Self::NotReady => write!(f, "did not answer GET / in time"),
            Self::FunctionTimedOut => write!(f, "was killed, since a function ran out of time"),
        }
    }
}
