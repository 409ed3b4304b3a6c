//! When a vault is asked again.

use std::time::Duration;

/// The pause after an answer. A vault renews a certificate days or weeks before its end.
const INTERVAL: Duration = Duration::from_secs(3_600);

/// The pause after the first failure; each further one doubles it, up to the interval.
const FIRST_RETRY: Duration = Duration::from_secs(30);

/// The pause after so many failures in a row. It is spread by 20 %, so that instances which started together do not ask
/// together: `random` picks the place between 90 % and 110 %.
pub(super) fn pause(failures: u32, random: u8) -> Duration {
    let pause = match failures.checked_sub(1) {
        None => INTERVAL,
        Some(doublings) => FIRST_RETRY
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(INTERVAL),
    };
    pause * (900 + u32::from(random) * 200 / 255) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vault_that_answers_is_asked_hourly_and_one_that_fails_ever_more_seldom() {
        for (failures, seconds) in [
            (0, 3_600),
            (1, 30),
            (2, 60),
            (7, 1_920),
            (8, 3_600),
            (u32::MAX, 3_600),
        ] {
            let middle = Duration::from_secs(seconds);
            assert_eq!(pause(failures, 0), middle * 9 / 10);
            assert_eq!(pause(failures, 255), middle * 11 / 10);
        }
    }
}
