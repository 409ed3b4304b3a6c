//! A server that somebody else started: it is only waited for.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;

use super::StopSignal;
use crate::ending::End;
use crate::event::Event;
use crate::listen::Listen;
use crate::output::LastLines;
use crate::readiness::{ReadyWhen, Target, wait};
use crate::state::{Ready, State};

/// Waits until the server is ready, however long that takes; from then on it counts as ready.
pub(crate) async fn attach(
    address: SocketAddr,
    ready_when: ReadyWhen,
    state: watch::Sender<State>,
    mut stop: StopSignal,
    events: impl Fn(Event) + Send + Sync,
) {
    let target = Target {
        listen: Listen::Address(address),
        address,
        ready_when: &ready_when,
        keeper: None,
    };
    let began = tokio::time::Instant::now();
    let progress = |waited, why, listening| {
        events(Event::Waiting {
            waited,
            address,
            why,
            listening,
        });
    };
    let nothing_said = LastLines::default();
    let found = tokio::select! {
        biased;
        () = stop.asked() => None,
        found = wait(&target, Duration::MAX, &nothing_said, progress) => found.ok(),
    };
    if let Some(found) = found {
        state.send_replace(State::Ready(Ready {
            address,
            generation: 1,
        }));
        events(Event::Ready {
            address,
            generation: 1,
            waited: began.elapsed(),
            status: found.status,
        });
        stop.asked().await;
    }
    state.send_replace(State::Gone(End::Stopped));
}
