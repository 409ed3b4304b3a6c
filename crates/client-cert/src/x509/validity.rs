//! The time in which a certificate is valid.

use rustls_pki_types::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// From how many days before its end a certificate is reported as about to expire: time enough for a renewal by hand.
pub const EXPIRY_WARNING_DAYS: i64 = 30;

/// A window of time, both ends included (RFC 5280, section 4.1.2.5), in seconds since 1970-01-01 UTC.
///
/// Ends before 1970 are negative: certificates with such a `notBefore` exist.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Validity {
    /// The first second.
    pub not_before: i64,
    /// The last second.
    pub not_after: i64,
}

impl Validity {
    /// Whether `now` lies in the window.
    pub fn contains(&self, now: UnixTime) -> bool {
        let now = seconds(now);
        self.not_before <= now && now <= self.not_after
    }

    /// The time that lies in both windows; it may be empty.
    pub(crate) fn intersection(self, other: Self) -> Self {
        Self {
            not_before: self.not_before.max(other.not_before),
            not_after: self.not_after.min(other.not_after),
        }
    }

    /// Whether the end is so near, or past, that it should be reported ([`EXPIRY_WARNING_DAYS`]).
    pub fn ends_soon(&self, now: UnixTime) -> bool {
        self.days_left(now) < EXPIRY_WARNING_DAYS
    }

    /// Whole days from `now` to the end, rounded down; negative after the end.
    pub fn days_left(&self, now: UnixTime) -> i64 {
        self.not_after
            .saturating_sub(seconds(now))
            .div_euclid(24 * 60 * 60)
    }
}

/// An instant as signed seconds. Instants beyond the range of `i64` lie after every certificate's end.
pub(crate) fn seconds(now: UnixTime) -> i64 {
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}

/// An instant, in seconds since 1970, as RFC 3339 in UTC. What RFC 3339 cannot write (years beyond 9999) stays in seconds.
///
/// ```
/// assert_eq!(client_cert::rfc3339(-1), "1969-12-31T23:59:59Z");
/// ```
pub fn rfc3339(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|instant| instant.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{seconds} s after 1970-01-01T00:00:00Z"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn both_ends_belong_to_the_window() {
        let window = Validity {
            not_before: 100,
            not_after: 200,
        };
        let inside: Vec<u64> = [99, 100, 150, 200, 201]
            .into_iter()
            .filter(|second| window.contains(at(*second)))
            .collect();
        assert_eq!(inside, [100, 150, 200]);
    }

    #[test]
    fn instants_are_written_as_people_read_them() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
        assert_eq!(rfc3339(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(
            rfc3339(i64::MAX),
            "9223372036854775807 s after 1970-01-01T00:00:00Z"
        );
    }

    #[test]
    fn a_day_is_counted_when_it_is_whole() {
        let window = Validity {
            not_before: 0,
            not_after: 86_400,
        };
        assert_eq!(window.days_left(at(0)), 1);
        assert_eq!(window.days_left(at(1)), 0);
        assert_eq!(window.days_left(at(86_401)), -1);
        let month = Validity {
            not_before: 0,
            not_after: EXPIRY_WARNING_DAYS * 86_400,
        };
        assert_eq!(
            [0, 1].map(|second| month.ends_soon(at(second))),
            [false, true]
        );
    }
}
