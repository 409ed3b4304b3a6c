//! When a list is asked for again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The shortest pause: a list that its authority is late with is asked for so often.
const MIN_PAUSE: Duration = Duration::from_secs(5 * 60);

/// The longest pause where the server can say that nothing has changed: authorities publish before nextUpdate when a key is
/// stolen (RFC 5280, section 5.1.2.5), and asking costs a few hundred bytes.
const MAX_PAUSE_CONDITIONAL: Duration = Duration::from_secs(60 * 60);

/// The longest pause where each answer is the whole list.
const MAX_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// What a list's remaining time is divided by: it is asked for four times and more before it is stale.
const ATTEMPTS_BEFORE_STALE: u32 = 4;

/// The pause after failures grows from a sixth of this to ten times this.
pub(super) const RETRY_INTERVAL: Duration = Duration::from_secs(60);

/// The pause until a list is asked for again: a quarter of the time until its nextUpdate, within bounds. `next_update` is in
/// seconds since 1970.
pub(super) fn pause(next_update: i64, is_conditional: bool, now: SystemTime) -> Duration {
    let end = u64::try_from(next_update).unwrap_or(0);
    let end = UNIX_EPOCH.checked_add(Duration::from_secs(end));
    let left = end.map_or(MAX_PAUSE, |end| end.duration_since(now).unwrap_or_default());
    let longest = match is_conditional {
        true => MAX_PAUSE_CONDITIONAL,
        false => MAX_PAUSE,
    };
    (left / ATTEMPTS_BEFORE_STALE).clamp(MIN_PAUSE, longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_several_times_before_it_is_stale() {
        const MINUTE: i64 = 60;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        let now: i64 = 1_000_000_000;
        let present = UNIX_EPOCH + Duration::from_secs(now.unsigned_abs());
        for (left, conditional, whole) in [
            (-DAY, 5 * MINUTE, 5 * MINUTE),
            (0, 5 * MINUTE, 5 * MINUTE),
            (20 * MINUTE, 5 * MINUTE, 5 * MINUTE),
            (2 * HOUR, 30 * MINUTE, 30 * MINUTE),
            (DAY, HOUR, 6 * HOUR),
            (7 * DAY, HOUR, DAY),
            (i64::MAX - now, HOUR, DAY),
            (-now - DAY, 5 * MINUTE, 5 * MINUTE),
        ] {
            for (is_conditional, seconds) in [(true, conditional), (false, whole)] {
                let pause = pause(now + left, is_conditional, present);
                assert_eq!(
                    pause.as_secs(),
                    seconds.unsigned_abs(),
                    "{left} {is_conditional}"
                );
            }
        }
    }
}
