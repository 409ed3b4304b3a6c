//! The time in which an entry of a policy counts.

use std::fmt;

use rustls_pki_types::UnixTime;

use crate::denial::Denial;
use crate::x509::{Validity, rfc3339, seconds};

/// From when and until when a caller or a rule counts, for rotations that are planned ahead; in seconds since 1970-01-01
/// UTC. No clock skew is allowed for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Window {
    /// The first second in which it counts; from always if absent.
    pub not_before: Option<i64>,
    /// The first second in which it no longer counts; for ever if absent.
    pub until: Option<i64>,
}

impl Window {
    /// The window that never opens or closes.
    pub const ALWAYS: Self = Self {
        not_before: None,
        until: None,
    };

    /// Whether an instant lies in it.
    pub fn contains(self, now: UnixTime) -> bool {
        self.denial(now).is_none()
    }

    /// Why what has this window does not count at an instant; `None` if it does.
    pub(crate) fn denial(self, now: UnixTime) -> Option<Denial> {
        let now = seconds(now);
        let ended = self.until.filter(|until| *until <= now);
        let ahead = self.not_before.filter(|not_before| now < *not_before);
        match (ended, ahead) {
            (Some(until), _) => Some(Denial::RuleEnded { until, now }),
            (None, Some(not_before)) => Some(Denial::RuleNotYetInForce { not_before, now }),
            (None, None) => None,
        }
    }

    /// The time that lies in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        let both = |pick: fn(i64, i64) -> i64, one: Option<i64>, two: Option<i64>| match (one, two)
        {
            (Some(one), Some(two)) => Some(pick(one, two)),
            (one, two) => one.or(two),
        };
        Self {
            not_before: both(i64::max, self.not_before, other.not_before),
            until: both(i64::min, self.until, other.until),
        }
    }

    /// Whether no instant lies in it.
    pub fn is_empty(self) -> bool {
        matches!(self, Self { not_before: Some(from), until: Some(until) } if until <= from)
    }

    /// The same time with both ends included, as certificates have it.
    pub(crate) fn validity(self) -> Validity {
        Validity {
            not_before: self.not_before.unwrap_or(i64::MIN),
            not_after: self.until.map_or(i64::MAX, |until| until.saturating_sub(1)),
        }
    }
}

/// `from 2027-03-01T00:00:00Z until 2027-04-01T00:00:00Z`; nothing for a window that is always open.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = self
            .not_before
            .map(|second| format!("from {}", rfc3339(second)));
        let until = self
            .until
            .map(|second| format!("until {}", rfc3339(second)));
        let parts: Vec<String> = from.into_iter().chain(until).collect();
        f.write_str(&parts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn window(not_before: Option<i64>, until: Option<i64>) -> Window {
        Window { not_before, until }
    }

    #[test]
    fn the_first_second_counts_and_the_last_does_not() {
        for (window, inside) in [
            (Window::ALWAYS, vec![0, 9, 10, 19, 20, 21]),
            (window(Some(10), None), vec![10, 19, 20, 21]),
            (window(None, Some(20)), vec![0, 9, 10, 19]),
            (window(Some(10), Some(20)), vec![10, 19]),
            (window(Some(20), Some(10)), vec![]),
            (window(Some(10), Some(10)), vec![]),
        ] {
            let at = |second| UnixTime::since_unix_epoch(Duration::from_secs(second));
            let seconds = [0, 9, 10, 19, 20, 21];
            let found: Vec<u64> = seconds
                .into_iter()
                .filter(|second| window.contains(at(*second)))
                .collect();
            assert_eq!(found, inside, "{window:?}");
            let of_validity = seconds
                .into_iter()
                .filter(|second| window.validity().contains(at(*second)));
            assert_eq!(
                of_validity.collect::<Vec<_>>(),
                inside,
                "{window:?} as a validity"
            );
        }
    }

    #[test]
    fn two_windows_leave_what_lies_in_both() {
        let (early, late) = (window(None, Some(20)), window(Some(10), None));
        assert_eq!(early.intersection(late), window(Some(10), Some(20)));
        assert_eq!(late.intersection(early), window(Some(10), Some(20)));
        assert_eq!(early.intersection(Window::ALWAYS), early);
        assert!(window(Some(10), Some(10)).is_empty());
        assert!(!window(Some(10), Some(11)).is_empty());
        assert!(!Window::ALWAYS.is_empty());
    }

    #[test]
    fn a_window_is_written_as_people_read_it() {
        assert_eq!(Window::ALWAYS.to_string(), "");
        assert_eq!(
            window(Some(0), Some(1)).to_string(),
            "from 1970-01-01T00:00:00Z until 1970-01-01T00:00:01Z"
        );
    }
}
