//! When the store is asked again, and how old a policy is.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, SystemTime};

/// What the first failure divides the interval by: a store that hiccups is asked again soon.
const FIRST_BACKOFF_DIVISOR: u32 = 6;

/// How many intervals the longest pause after failures has: a store that is back is noticed within it.
const MAX_BACKOFF_INTERVALS: u32 = 10;

/// How far in the future the last confirmation is believed to be: clocks are set back by seconds. More than that, and its age
/// is unknown.
const MAX_SET_BACK: Duration = Duration::from_secs(300);

/// The pause after so many failures in a row: the interval without any, a sixth of it after the first, and twice as much after
/// each further one. It is spread by 20 % so that instances which started together do not stay together: `random` picks the
/// place between 90 % and 110 %.
pub(crate) fn pause(interval: Duration, failures: u32, random: u8) -> Duration {
    let pause = match failures.checked_sub(1) {
        None => interval,
        Some(doublings) => {
            let first = interval / FIRST_BACKOFF_DIVISOR;
            let longest = interval * MAX_BACKOFF_INTERVALS;
            first
                .saturating_mul(2_u32.saturating_pow(doublings))
                .min(longest)
        }
    };
    spread(pause, random)
}

/// A pause, spread by 20 %: `random` picks the place between 90 % and 110 %.
pub(crate) fn spread(pause: Duration, random: u8) -> Duration {
    pause * (900 + u32::from(random) * 200 / 255) / 1_000
}

/// Random enough to keep instances apart: the standard library seeds its hashers from the system.
pub(crate) fn random() -> u8 {
    let [byte, ..] = RandomState::new().build_hasher().finish().to_be_bytes();
    byte
}

/// How long ago something was confirmed; `None` if it is later than now by more than clocks are set back.
pub(super) fn age(confirmed: SystemTime, now: SystemTime) -> Option<Duration> {
    match now.duration_since(confirmed) {
        Ok(age) => Some(age),
        Err(error) => (error.duration() <= MAX_SET_BACK).then_some(Duration::ZERO),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_with_each_failure_up_to_five_minutes() {
        for (failures, seconds) in [
            (0, 30),
            (1, 5),
            (2, 10),
            (3, 20),
            (6, 160),
            (7, 300),
            (u32::MAX, 300),
        ] {
            let middle = Duration::from_secs(seconds);
            let interval = Duration::from_secs(30);
            assert_eq!(pause(interval, failures, 0), middle * 9 / 10);
            assert_eq!(pause(interval, failures, 255), middle * 11 / 10);
        }
    }

    #[test]
    fn an_age_of_the_future_is_unknown() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let second = Duration::from_secs(1);
        assert_eq!(age(now - second, now), Some(second));
        assert_eq!(age(now + MAX_SET_BACK, now), Some(Duration::ZERO));
        assert_eq!(age(now + MAX_SET_BACK + second, now), None);
    }
}
