//! Keeps one server running.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::StopSignal;
use super::one_life::{Past, live};
use super::restarts::{Life, Restarts, Verdict};
use crate::command::ServerCommand;
use crate::ending::{End, Ending, Hopeless};
use crate::event::Event;
use crate::listen::Listen;
use crate::output::Relay;
use crate::server::ServerOptions;
use crate::state::State;

/// What every life of the server needs.
pub(crate) struct Plan {
    pub(crate) command: ServerCommand,
    pub(crate) options: ServerOptions,
    pub(crate) stdout: Relay,
    pub(crate) stderr: Relay,
    pub(crate) events: Box<dyn Fn(Event) + Send + Sync>,
}

impl Plan {
    pub(super) fn say(&self, event: Event) {
        (self.events)(event);
    }
}

pub(crate) struct Supervisor {
    pub(crate) plan: Plan,
    pub(crate) state: watch::Sender<State>,
    pub(crate) stop: StopSignal,
}

impl Supervisor {
    /// Each turn is one life of the server; [`Restarts`] says whether there is another.
    pub(crate) async fn run(mut self) {
        let mut restarts = Restarts::new(self.plan.options.failed_starts.get());
        let mut generation = 0;
        let end = loop {
            self.state.send_replace(State::Starting);
            let past = live(&self.plan, &self.state, &mut self.stop, &mut generation).await;
            let Some(ending) = past.ending.clone() else {
                self.plan.say(Event::Stopped);
                break End::Stopped;
            };
            match restarts.after(self.judge(&past, &ending)) {
                Verdict::GiveUp => {
                    let hopeless = Hopeless {
                        failed_starts: restarts.failed_starts(),
                        ending,
                        last_lines: past.last_lines,
                    };
                    self.plan.say(Event::Hopeless(hopeless.clone()));
                    break End::Hopeless(hopeless);
                }
                Verdict::Again(after) => {
                    let last_lines = past.last_lines;
                    self.plan.say(Event::Ended { ending, last_lines });
                    if !self.pause(after).await {
                        self.plan.say(Event::Stopped);
                        break End::Stopped;
                    }
                }
            }
        };
        self.state.send_replace(State::Gone(end));
    }

    fn judge(&self, past: &Past, ending: &Ending) -> Life {
        if let Some(lasted) = past.was_ready_for {
            return Life::WasReady(lasted);
        }
        match ending {
            Ending::NotStarted(reason) if reason.is_permanent() => Life::Impossible,
            Ending::AddressInUse { .. } if self.plan.options.listen == Listen::FreePort => {
                Life::PortTaken
            }
            Ending::NotStarted(_)
            | Ending::AddressInUse { .. }
            | Ending::Exited { .. }
            | Ending::NeverReady { .. }
            | Ending::TetherKilled => Life::NeverReady,
        }
    }

    /// Whether nobody wished to stop meanwhile.
    async fn pause(&mut self, after: Duration) -> bool {
        self.plan.say(Event::Restarting { after });
        let until = Instant::now() + after;
        self.state.send_replace(State::Paused { until });
        tokio::select! {
            biased;
            () = self.stop.asked() => false,
            () = tokio::time::sleep_until(until) => true,
        }
    }
}
