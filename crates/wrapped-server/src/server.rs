//! The server as its callers see it.

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::command::ServerCommand;
use crate::ending::End;
use crate::event::Event;
use crate::life::{Plan, Supervisor, attach, stop_signal};
use crate::listen::Listen;
use crate::output::{Output, Relay};
use crate::processes::reap_orphans;
use crate::readiness::ReadyWhen;
use crate::state::{Answer, NotReady, Ready, State};

/// How long a server may take to become ready. Spring takes 14 s on a small machine, a model several times that; the
/// Functions host waits 120 s for a request that finds its worker starting (`WorkerFunctionInvoker.cs`).
const READY_TIMEOUT: Duration = Duration::from_secs(120);

/// How many starts in a row may fail. The host stops the whole app after three ends of ours within half an hour
/// (`HttpFunctionInvocationDispatcher.cs`), so each of ours stands for several of the server's.
const FAILED_STARTS: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// How a server is run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ServerOptions {
    /// Where it listens.
    pub listen: Listen,
    /// What makes it ready.
    pub ready_when: ReadyWhen,
    /// How long a start may take, and how long a request waits for one; two minutes by default.
    pub timeout: Duration,
    /// After how many starts in a row that never became ready it is given up; 5 by default.
    pub failed_starts: NonZeroU32,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            listen: Listen::default(),
            ready_when: ReadyWhen::default(),
            timeout: READY_TIMEOUT,
            failed_starts: FAILED_STARTS,
        }
    }
}

/// A server that is kept running. It is killed when this is dropped, and when this process ends.
pub struct WrappedServer {
    timeout: Duration,
    state: watch::Receiver<State>,
    stop: watch::Sender<Option<Duration>>,
    orphans: JoinHandle<()>,
}

impl WrappedServer {
    /// Starts the server and keeps it running; returns at once. `events` is called from a task and must not block.
    ///
    /// The program must call [`run_if_asked`](crate::run_if_asked) first of all.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time.
    pub fn start(
        command: ServerCommand,
        options: ServerOptions,
        output: Output,
        events: impl Fn(Event) + Send + Sync + 'static,
    ) -> Self {
        let (state_sender, state) = watch::channel(State::Starting);
        let (stop, stop_signal) = stop_signal();
        let timeout = options.timeout;
        let supervisor = Supervisor {
            plan: Plan {
                command,
                options,
                stdout: Relay::new(output.stdout),
                stderr: Relay::new(output.stderr),
                events: Box::new(events),
            },
            state: state_sender,
            stop: stop_signal,
        };
        tokio::spawn(supervisor.run());
        Self {
            timeout,
            state,
            stop,
            orphans: tokio::spawn(reap_orphans()),
        }
    }

    /// Waits for a server that somebody else started, and stops nothing. Once it is ready it counts as ready.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time.
    pub fn attach(
        address: SocketAddr,
        options: ServerOptions,
        events: impl Fn(Event) + Send + Sync + 'static,
    ) -> Self {
        let (state_sender, state) = watch::channel(State::Starting);
        let (stop, stop_signal) = stop_signal();
        let ready_when = options.ready_when;
        tokio::spawn(attach(
            address,
            ready_when,
            state_sender,
            stop_signal,
            events,
        ));
        Self {
            timeout: options.timeout,
            state,
            stop,
            orphans: tokio::spawn(reap_orphans()),
        }
    }

    /// Waits until the server is ready; at once if it is.
    ///
    /// # Errors
    ///
    /// It is not ready within [`ServerOptions::timeout`]; or at once if it is being stopped, is given up, or is started
    /// again only later than a request should wait.
    pub async fn ready(&self) -> Result<Ready, NotReady> {
        let deadline = Instant::now() + self.timeout;
        let mut state = self.state.clone();
        loop {
            let answer = state.borrow_and_update().answer(Instant::now(), deadline);
            match answer {
                Answer::Ready(ready) => return Ok(ready),
                Answer::NotReady(reason) => return Err(reason),
                Answer::Wait => {}
            }
            if let Ok(Err(_)) = tokio::time::timeout_at(deadline, state.changed()).await {
                return Err(NotReady::abandoned());
            }
        }
    }

    /// Waits until the server is gone for good.
    pub async fn ended(&self) -> End {
        let mut state = self.state.clone();
        let gone = state.wait_for(|state| matches!(state, State::Gone(_)));
        match gone.await.as_deref() {
            Ok(State::Gone(end)) => end.clone(),
            Ok(_) | Err(_) => End::Abandoned,
        }
    }

    /// Asks the server and all that it started to end (`SIGTERM`), kills what is left after the grace, and waits until
    /// nothing is left.
    ///
    /// Called once more, the shorter time holds, counted from the first.
    pub async fn stop(&self, grace: Duration) -> End {
        self.stop.send_modify(|wished| {
            *wished = Some(wished.map_or(grace, |earlier| earlier.min(grace)));
        });
        self.ended().await
    }
}

impl Drop for WrappedServer {
    fn drop(&mut self) {
        self.orphans.abort();
    }
}

impl fmt::Debug for WrappedServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WrappedServer")
            .field("state", &*self.state.borrow())
            .finish_non_exhaustive()
    }
}
