//! When an ended server is started again.

use std::time::Duration;

/// The first pause after a server that was ready, and after one that never was.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const FIRST_PAUSE_NEVER_READY: Duration = Duration::from_secs(1);

/// The longest pause.
const LAST_PAUSE: Duration = Duration::from_secs(30);

/// A server that was ready for this long begins anew.
const STEADY: Duration = Duration::from_secs(60);

/// How often another port is tried at once, where the server says that its address is in use.
const PORT_TRIES: u32 = 5;

/// How one life went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Life {
    /// Another start would find the same.
    Impossible,
    /// The free port was taken by somebody else.
    PortTaken,
    /// It never became ready.
    NeverReady,
    /// It was ready for this long.
    WasReady(Duration),
}

/// What follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// Another start, after a pause.
    Again(Duration),
    /// None.
    GiveUp,
}

/// The lives of one server so far.
#[derive(Debug)]
pub(super) struct Restarts {
    limit: u32,
    failed_starts: u32,
    taken_ports: u32,
    falls: u32,
}

impl Restarts {
    /// Gives up after `limit` starts in a row that never became ready.
    pub(super) fn new(limit: u32) -> Self {
        Self {
            limit,
            failed_starts: 0,
            taken_ports: 0,
            falls: 0,
        }
    }

    /// How many starts in a row never became ready.
    pub(super) fn failed_starts(&self) -> u32 {
        self.failed_starts
    }

    /// Counts a life, and says what follows.
    pub(super) fn after(&mut self, life: Life) -> Verdict {
        match life {
            Life::Impossible => {
                self.failed_starts += 1;
                Verdict::GiveUp
            }
            Life::PortTaken if self.taken_ports < PORT_TRIES => {
                self.taken_ports += 1;
                Verdict::Again(Duration::ZERO)
            }
            Life::PortTaken | Life::NeverReady => {
                self.failed_starts += 1;
                if self.failed_starts >= self.limit {
                    return Verdict::GiveUp;
                }
                Verdict::Again(pause(FIRST_PAUSE_NEVER_READY, self.failed_starts))
            }
            Life::WasReady(lasted) => {
                let falls = if lasted >= STEADY { 0 } else { self.falls };
                *self = Self::new(self.limit);
                self.falls = falls + 1;
                Verdict::Again(pause(FIRST_PAUSE, self.falls))
            }
        }
    }
}

/// Doubled each time.
fn pause(first: Duration, time: u32) -> Duration {
    let factor = 2_u32.saturating_pow(time.saturating_sub(1));
    first.saturating_mul(factor).min(LAST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdicts(lives: &[Life]) -> Vec<Option<u128>> {
        let mut restarts = Restarts::new(3);
        let verdicts = lives.iter().map(|life| restarts.after(*life));
        let pause = |verdict| match verdict {
            Verdict::Again(pause) => Some(pause.as_millis()),
            Verdict::GiveUp => None,
        };
        verdicts.map(pause).collect()
    }

    #[test]
    fn only_a_server_that_never_became_ready_is_given_up() {
        use Life::{Impossible, NeverReady, PortTaken, WasReady};
        let short = WasReady(Duration::from_secs(1));
        let long = WasReady(Duration::from_secs(60));
        let table: [(&[Life], &[Option<u128>]); 6] = [
            (&[Impossible], &[None]),
            (
                &[NeverReady, NeverReady, NeverReady],
                &[Some(1000), Some(2000), None],
            ),
            (
                &[
                    NeverReady, NeverReady, short, NeverReady, NeverReady, NeverReady,
                ],
                &[
                    Some(1000),
                    Some(2000),
                    Some(250),
                    Some(1000),
                    Some(2000),
                    None,
                ],
            ),
            (
                &[PortTaken; 9],
                &[
                    Some(0),
                    Some(0),
                    Some(0),
                    Some(0),
                    Some(0),
                    Some(1000),
                    Some(2000),
                    None,
                    None,
                ],
            ),
            (
                &[short, short, long, short],
                &[Some(250), Some(500), Some(250), Some(500)],
            ),
            (
                &[PortTaken, short, PortTaken],
                &[Some(0), Some(250), Some(0)],
            ),
        ];
        for (lives, expected) in table {
            assert_eq!(verdicts(lives), expected, "{lives:?}");
        }
    }

    #[test]
    fn a_server_that_keeps_falling_is_started_for_ever_with_a_bounded_pause() {
        let verdicts = verdicts(&[Life::WasReady(Duration::ZERO); 100]);
        assert!(verdicts.iter().all(Option::is_some));
        assert_eq!(verdicts[99], Some(LAST_PAUSE.as_millis()));
    }
}
