//! Whether a request can be passed on.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use crate::ending::End;

/// The longest pause before a start that a request waits for.
const HOLD_LIMIT: Duration = Duration::from_secs(5);

/// When a caller may try again if nothing better is known.
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// A server that is ready.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ready {
    /// Where it is reached.
    pub address: SocketAddr,
    /// How many times it has become ready: connections of an earlier generation lead nowhere.
    pub generation: u64,
}

/// Why a request cannot be passed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotReady {
    /// When to try again: at least a second.
    pub retry_after: Duration,
    /// The reason.
    pub why: WhyNot,
}

/// The reason why a server is not ready. Its `Display` discloses nothing of the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WhyNot {
    /// It has been starting for as long as the request waited.
    Starting,
    /// It ended, and is started again later.
    Ended,
    /// It is being stopped.
    Stopping,
    /// It is given up.
    Hopeless,
}

#[derive(Clone, Debug)]
pub(crate) enum State {
    Starting,
    Ready(Ready),
    Paused { until: Instant },
    Stopping,
    Gone(End),
}

/// What a request does.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    Ready(Ready),
    NotReady(NotReady),
    Wait,
}

impl State {
    /// What a request does at an instant, if it waits until `deadline` at most.
    pub(crate) fn answer(&self, now: Instant, deadline: Instant) -> Answer {
        let not_ready = |why, retry_after: Duration| {
            let retry_after = retry_after.max(Duration::from_secs(1));
            Answer::NotReady(NotReady { retry_after, why })
        };
        match self {
            Self::Ready(ready) => Answer::Ready(*ready),
            Self::Stopping | Self::Gone(End::Stopped) => not_ready(WhyNot::Stopping, RETRY_AFTER),
            Self::Gone(End::Hopeless(_) | End::Abandoned) => {
                not_ready(WhyNot::Hopeless, RETRY_AFTER)
            }
            Self::Paused { until } => {
                let pause = until.saturating_duration_since(now);
                if pause <= HOLD_LIMIT && *until < deadline && now < deadline {
                    Answer::Wait
                } else {
                    not_ready(WhyNot::Ended, pause)
                }
            }
            Self::Starting if now < deadline => Answer::Wait,
            Self::Starting => not_ready(WhyNot::Starting, RETRY_AFTER),
        }
    }
}

impl NotReady {
    /// Nobody keeps the server any longer.
    pub(crate) fn abandoned() -> Self {
        Self {
            retry_after: RETRY_AFTER,
            why: WhyNot::Hopeless,
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Starting => "the server is still starting",
            Self::Ended => "the server ended and is started again",
            Self::Stopping => "the server is being stopped",
            Self::Hopeless => "the server could not be started",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_request_does() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let ready = Ready {
            address: "127.0.0.1:80".parse().unwrap(),
            generation: 3,
        };
        let not_ready = |why, seconds| {
            let retry_after = Duration::from_secs(seconds);
            Answer::NotReady(NotReady { retry_after, why })
        };
        let table = [
            (State::Ready(ready), at(0), Answer::Ready(ready)),
            (State::Starting, at(120), Answer::Wait),
            (State::Starting, at(0), not_ready(WhyNot::Starting, 10)),
            (State::Paused { until: at(5) }, at(120), Answer::Wait),
            (
                State::Paused { until: at(5) },
                at(5),
                not_ready(WhyNot::Ended, 5),
            ),
            (
                State::Paused { until: at(6) },
                at(120),
                not_ready(WhyNot::Ended, 6),
            ),
            (
                State::Paused { until: at(0) },
                at(0),
                not_ready(WhyNot::Ended, 1),
            ),
            (
                State::Paused {
                    until: now - Duration::from_millis(2),
                },
                now - Duration::from_millis(1),
                not_ready(WhyNot::Ended, 1),
            ),
            (State::Stopping, at(120), not_ready(WhyNot::Stopping, 10)),
            (
                State::Gone(End::Stopped),
                at(120),
                not_ready(WhyNot::Stopping, 10),
            ),
        ];
        for (state, deadline, expected) in table {
            assert_eq!(state.answer(now, deadline), expected, "{state:?}");
        }
    }
}
