//! Keeps one handler running.

use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncRead, BufReader};
use tokio::process::Child;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::Launch;
use super::end::{KILL_WAIT, TERMINATION_WAIT, kill, terminate};
use super::ended::Ended;
use super::probe::answers;
use super::restarts::{Ending, Restarts, Verdict};
use crate::journal::{Journal, Stream};
use crate::lines::read_line;

/// A running handler; dropping it kills the process.
pub(crate) struct HandlerProcess {
    port: u16,
    state: watch::Receiver<State>,
    commands: mpsc::Sender<Command>,
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
        Self::start_after(std::future::ready(()), launch, journal)
    }

    /// The same once `earlier` is over; until then the handler counts as one that starts.
    pub(crate) fn start_after(
        earlier: impl Future<Output = ()> + Send + 'static,
        launch: Launch,
        journal: Arc<Journal>,
    ) -> Self {
        let (state_sender, state) = watch::channel(State::Starting);
        let (commands, received) = mpsc::channel(8);
        let port = launch.port();
        let supervisor = Supervisor {
            launch,
            journal,
            state: state_sender,
            commands: received,
        };
        tokio::spawn(async move {
            earlier.await;
            supervisor.run().await;
        });
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
        let mut restarts = Restarts::new(self.launch.restarts_after_0());
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
                Verdict::Ignore => {
                    self.journal.note(&format!(
                        "the handler {ending}; a host of this year does not notice it"
                    ));
                    if self.stay_away().await.is_none() {
                        break Ended::Stopped;
                    }
                }
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

    /// As if the handler were there, until a function runs out of time; nothing where we were told to stop.
    async fn stay_away(&mut self) -> Option<Ending> {
        self.state.send_replace(State::Ready);
        let ending = ending_of(self.commands.recv().await.as_ref());
        self.state.send_replace(State::Starting);
        ending
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

async fn pass_on(pipe: impl AsyncRead + Unpin, stream: Stream, journal: Arc<Journal>) {
    let mut reader = BufReader::new(pipe);
    while let Ok(Some(line)) = read_line(&mut reader).await {
        journal.handler_line(stream, &line);
    }
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
