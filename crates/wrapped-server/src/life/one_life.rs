//! One life of the server, from its start until nothing of it is left.

use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::{Plan, StopSignal};
use crate::ending::{Ending, NotStarted};
use crate::event::Event;
use crate::output::PassedOn;
use crate::processes::is_loopback;
use crate::readiness::{Found, Target, Unready, wait};
use crate::state::{Ready, State};
use crate::tether::{Report, Tethered};

/// When the listening sockets are looked at once more: some servers open another later.
const SECOND_LOOK: Duration = Duration::from_secs(10);

/// How a life went.
pub(super) struct Past {
    /// Nothing if we stopped it.
    pub(super) ending: Option<Ending>,
    pub(super) was_ready_for: Option<Duration>,
    pub(super) last_lines: Vec<String>,
}

/// Why a life is over.
enum Outcome {
    Stopped,
    Reported(Report),
    Unready(Unready),
}

/// Starts the server, and returns when nothing of it is left.
pub(super) async fn live(
    plan: &Plan,
    state: &watch::Sender<State>,
    stop: &mut StopSignal,
    generation: &mut u64,
) -> Past {
    let mut life = match Life::begin(plan).await {
        Ok(life) => life,
        Err(reason) => {
            return Past {
                ending: Some(Ending::NotStarted(reason)),
                was_ready_for: None,
                last_lines: Vec::new(),
            };
        }
    };
    let mut ready_since = None;
    let outcome = match life.until_ready(stop).await {
        Ok(found) => {
            *generation += 1;
            ready_since = Some(Instant::now());
            let (address, generation) = (found.address, *generation);
            state.send_replace(State::Ready(Ready {
                address,
                generation,
            }));
            life.say_ready(found, generation);
            life.until_over(stop).await
        }
        Err(outcome) => outcome,
    };
    let was_ready_for = ready_since.map(|since| since.elapsed());
    state.send_replace(match outcome {
        Outcome::Stopped => State::Stopping,
        Outcome::Reported(_) | Outcome::Unready(_) => State::Starting,
    });
    life.end(outcome, was_ready_for, stop).await
}

struct Life<'a> {
    plan: &'a Plan,
    address: SocketAddr,
    began: Instant,
    server: Tethered,
    output: PassedOn,
    /// The addresses beyond loopback that have been named.
    named: Vec<SocketAddr>,
}

impl<'a> Life<'a> {
    async fn begin(plan: &'a Plan) -> Result<Self, NotStarted> {
        let address = plan.options.listen.choose();
        let address = address.map_err(|error| NotStarted::NoFreePort(Arc::new(error)))?;
        if plan.options.listen.is_taken(address) {
            return Err(NotStarted::AddressTaken(address));
        }
        let prepared = plan.command.prepare(address);
        let prepared = prepared.map_err(NotStarted::NotRunnable)?;
        let started = Tethered::start(&prepared).await;
        let (server, stdout, stderr) =
            started.map_err(|error| NotStarted::refused(&prepared.program, error))?;
        let mut output = PassedOn::new();
        if let Some(stdout) = stdout {
            output.add(stdout, &plan.stdout);
        }
        if let Some(stderr) = stderr {
            output.add(stderr, &plan.stderr);
        }
        plan.say(Event::Started {
            pid: server.server(),
            program: prepared.program,
            address,
        });
        Ok(Self {
            plan,
            address,
            began: Instant::now(),
            server,
            output,
            named: Vec::new(),
        })
    }

    /// The probe races the server's end.
    async fn until_ready(&mut self, stop: &mut StopSignal) -> Result<Found, Outcome> {
        let target = target(self.plan, self.address, &self.server);
        let progress = |waited, why, listening| {
            self.plan.say(Event::Waiting {
                waited,
                address: self.address,
                why,
                listening,
            });
        };
        let lines = self.output.last_lines();
        tokio::select! {
            biased;
            () = stop.asked() => Err(Outcome::Stopped),
            report = self.server.report() => Err(Outcome::Reported(report)),
            found = wait(&target, self.plan.options.timeout, lines, progress) => {
                found.map_err(Outcome::Unready)
            }
        }
    }

    fn say_ready(&self, found: Found, generation: u64) {
        self.plan.say(Event::Ready {
            address: found.address,
            generation,
            waited: self.began.elapsed(),
            status: found.status,
        });
    }

    async fn until_over(&mut self, stop: &mut StopSignal) -> Outcome {
        self.name_open_doors().await;
        tokio::select! {
            biased;
            () = stop.asked() => return Outcome::Stopped,
            report = self.server.report() => return Outcome::Reported(report),
            () = tokio::time::sleep(SECOND_LOOK) => {}
        }
        self.name_open_doors().await;
        tokio::select! {
            biased;
            () = stop.asked() => Outcome::Stopped,
            report = self.server.report() => Outcome::Reported(report),
        }
    }

    /// Whoever reaches the server around us needs no certificate.
    async fn name_open_doors(&mut self) {
        let target = target(self.plan, self.address, &self.server);
        let mut addresses = target.listening().await.unwrap_or_default();
        addresses.retain(|address| !is_loopback(address.ip()) && !self.named.contains(address));
        if !addresses.is_empty() {
            self.named.extend(&addresses);
            self.plan.say(Event::ListensBeyondLoopback { addresses });
        }
    }

    /// Stops what still runs, and lets the last lines through.
    async fn end(
        mut self,
        outcome: Outcome,
        was_ready_for: Option<Duration>,
        stop: &mut StopSignal,
    ) -> Past {
        if matches!(outcome, Outcome::Stopped) {
            self.drain(stop).await;
        }
        self.server.kill().await;
        self.output.finish().await;
        let was_ready = was_ready_for.is_some();
        Past {
            ending: self.ending(outcome, was_ready),
            was_ready_for,
            last_lines: self.output.last_lines().lines(),
        }
    }

    async fn drain(&mut self, stop: &mut StopSignal) {
        let began = Instant::now();
        self.server.terminate().await;
        tokio::select! {
            () = self.server.until_empty() => {}
            () = stop.grace_over(began) => {}
        }
    }

    fn ending(&self, outcome: Outcome, was_ready: bool) -> Option<Ending> {
        let address = self.address;
        Some(match outcome {
            Outcome::Stopped => return None,
            Outcome::Unready(Unready::AddressInUse) => Ending::AddressInUse { address },
            Outcome::Unready(Unready::TimedOut { why, listening }) => Ending::NeverReady {
                address,
                why,
                listening,
            },
            Outcome::Reported(Report::Ended(status)) => self.exited(status, was_ready),
            Outcome::Reported(Report::Empty | Report::Lost) => Ending::TetherKilled,
        })
    }

    fn exited(&self, status: ExitStatus, was_ready: bool) -> Ending {
        let address = self.address;
        if !was_ready && self.output.last_lines().address_in_use() {
            Ending::AddressInUse { address }
        } else {
            Ending::Exited { status, was_ready }
        }
    }
}

fn target<'a>(plan: &'a Plan, address: SocketAddr, server: &Tethered) -> Target<'a> {
    Target {
        listen: plan.options.listen,
        address,
        ready_when: &plan.options.ready_when,
        keeper: server.keeper(),
    }
}
