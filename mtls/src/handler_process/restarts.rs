//! When an ended handler is started again.

use std::fmt;
use std::time::Duration;

use functions_handler::host::contract::{
    EXIT_CONFIGURATION, EXIT_INTENTIONAL_RESTART, RESTART_BUCKET, RESTART_LIMIT,
};

/// Restarts without an error in one bucket. The host has no such limit and would start such a program for ever; one request
/// that ends the program costs ten of them where the host proxies.
const LAST_QUIET_EXIT: u32 = 25;

/// What follows when the handler has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// Start it again, on the same port, at once.
    Restart,
    /// The configuration is wrong. The host would try three times; nothing would change by it.
    Misconfigured,
    /// The third error within the bucket, or a program that only ever ends.
    GiveUp,
    /// Leave it away, as if nothing had happened.
    Ignore,
}

/// How the handler ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// With an exit code; none where a signal ended it.
    Exit(Option<i32>),
    /// It did not answer `GET /` in time.
    NotReady,
    /// We ended it ourselves, since a function ran out of time.
    FunctionTimedOut,
}

/// The endings of one handler so far.
#[derive(Debug)]
pub(crate) struct Restarts {
    restarts_after_0: bool,
    errors: Bucket,
    quiet_exits: Bucket,
}

/// Endings of one kind, none of which is more than half an hour behind the one before.
#[derive(Debug, Default)]
struct Bucket {
    count: u32,
    last: Option<Duration>,
}

impl Restarts {
    /// No ending yet. Whether exit code 0 starts the handler again depends on the host.
    pub(crate) fn new(restarts_after_0: bool) -> Self {
        Self {
            restarts_after_0,
            errors: Bucket::default(),
            quiet_exits: Bucket::default(),
        }
    }

    /// Counts an ending at `now` (since any fixed instant) and says what follows.
    ///
    /// Exit codes 200 and 0 start it again and count as no error. That is what hosts since January 2026 do with
    /// 0; to older ones it means nothing.
    pub(crate) fn after(&mut self, ending: Ending, now: Duration) -> Verdict {
        let (bucket, limit) = match ending {
            Ending::Exit(Some(code)) if code == i32::from(EXIT_CONFIGURATION) => {
                return Verdict::Misconfigured;
            }
            Ending::FunctionTimedOut => return Verdict::Restart,
            Ending::Exit(Some(0)) if !self.restarts_after_0 => return Verdict::Ignore,
            Ending::Exit(Some(code))
                if code == 0 || code == i32::from(EXIT_INTENTIONAL_RESTART) =>
            {
                (&mut self.quiet_exits, LAST_QUIET_EXIT)
            }
            Ending::Exit(_) | Ending::NotReady => (&mut self.errors, RESTART_LIMIT),
        };
        match bucket.count_with(now) < limit {
            true => Verdict::Restart,
            false => Verdict::GiveUp,
        }
    }
}

impl Bucket {
    /// How many there are with the one at `now`.
    fn count_with(&mut self, now: Duration) -> u32 {
        let last = self.last.replace(now);
        if last.is_some_and(|last| now.saturating_sub(last) > RESTART_BUCKET) {
            self.count = 0;
        }
        self.count += 1;
        self.count
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

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn verdicts(endings: &[(u32, Ending)]) -> Vec<Verdict> {
        let mut restarts = Restarts::new(true);
        endings
            .iter()
            .map(|(minute, ending)| restarts.after(*ending, MINUTE * *minute))
            .collect()
    }

    #[test]
    #[allow(
        clippy::type_complexity,
        reason = "the type of a table that is used once"
    )]
    fn the_third_error_within_a_bucket_ends_everything() {
        use Verdict::{GiveUp, Restart};
        let crash = Ending::Exit(Some(1));
        let signal = Ending::Exit(None);
        let table: [(&[(u32, Ending)], &[Verdict]); 5] = [
            (
                &[(0, crash), (1, signal), (2, Ending::NotReady)],
                &[Restart, Restart, GiveUp],
            ),
            (
                &[(0, crash), (30, crash), (60, crash)],
                &[Restart, Restart, GiveUp],
            ),
            (
                &[(0, crash), (1, crash), (32, crash)],
                &[Restart, Restart, Restart],
            ),
            (
                &[
                    (0, crash),
                    (1, Ending::Exit(Some(200))),
                    (2, crash),
                    (3, crash),
                ],
                &[Restart, Restart, Restart, GiveUp],
            ),
            (
                &[
                    (0, crash),
                    (1, crash),
                    (20, Ending::Exit(Some(200))),
                    (40, crash),
                    (41, Ending::FunctionTimedOut),
                    (42, crash),
                ],
                &[Restart; 6],
            ),
        ];
        for (endings, expected) in table {
            assert_eq!(verdicts(endings), expected, "{endings:?}");
        }
    }

    #[test]
    fn an_older_host_leaves_a_handler_away_that_ends_with_0() {
        let ending = Ending::Exit(Some(0));
        for (restarts_after_0, expected) in [(true, Verdict::Restart), (false, Verdict::Ignore)] {
            let mut restarts = Restarts::new(restarts_after_0);
            assert_eq!(restarts.after(ending, Duration::ZERO), expected);
        }
    }

    #[test]
    fn a_wrong_configuration_is_not_tried_again() {
        assert_eq!(
            verdicts(&[(0, Ending::Exit(Some(64)))]),
            [Verdict::Misconfigured]
        );
    }

    #[test]
    fn a_program_that_only_ever_ends_well_is_given_up_at_last() {
        let endings = (0..LAST_QUIET_EXIT).map(|_| (0, Ending::Exit(Some(0))));
        let endings: Vec<_> = endings.collect();
        let verdicts = verdicts(&endings);
        let (last, others) = verdicts.split_last().unwrap();
        assert!(others.iter().all(|verdict| *verdict == Verdict::Restart));
        assert_eq!(*last, Verdict::GiveUp);
    }
}
