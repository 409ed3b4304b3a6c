//! The window in which a certificate counts.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::x509::X509Ref;
use rustls_pki_types::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const SECONDS_A_DAY: i64 = 86_400;

/// New certificates start ten minutes early, as New-SelfSignedCertificate makes them: the other side's clock may lag.
const BACKDATED_SECONDS: i64 = 600;

/// notBefore and notAfter in seconds since 1970; both instants belong to the window (RFC 5280, section 4.1.2.5).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Validity {
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
}

impl Validity {
    /// A window that has just begun and has `days` days left.
    pub(crate) fn starting(now: UnixTime, days: u32) -> Self {
        let now = seconds(now);
        Self {
            not_before: now - BACKDATED_SECONDS,
            not_after: now + i64::from(days) * SECONDS_A_DAY,
        }
    }

    /// The window that a certificate states.
    pub(crate) fn of(certificate: &X509Ref) -> Result<Self, ErrorStack> {
        Ok(Self {
            not_before: since_1970(certificate.not_before())?,
            not_after: since_1970(certificate.not_after())?,
        })
    }

    /// Whether the window has begun and lasts for `days` more days at least.
    pub(crate) fn lasts(&self, now: UnixTime, days: u32) -> bool {
        let now = seconds(now);
        self.not_before <= now && now + i64::from(days) * SECONDS_A_DAY <= self.not_after
    }

    /// Whole days until the end; negative once it has passed.
    pub(crate) fn days_left(&self, now: UnixTime) -> i64 {
        (self.not_after - seconds(now)).div_euclid(SECONDS_A_DAY)
    }
}

/// An instant in RFC 3339, UTC; one beyond the year 9999 as its number of seconds.
pub(crate) fn rfc3339(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|instant| instant.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("{seconds} seconds since 1970"))
}

/// An instant of the core in seconds, for arithmetic that may go below 1970.
pub(crate) fn seconds(instant: UnixTime) -> i64 {
    i64::try_from(instant.as_secs()).unwrap_or(i64::MAX / 2)
}

fn since_1970(time: &Asn1TimeRef) -> Result<i64, ErrorStack> {
    let difference = Asn1Time::from_unix(0)?.diff(time)?;
    Ok(i64::from(difference.days) * SECONDS_A_DAY + i64::from(difference.secs))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    const DAY: u64 = 86_400;

    #[test]
    fn a_window_lasts_to_its_last_second() {
        let window = Validity {
            not_before: 1_000,
            not_after: 1_000 + SECONDS_A_DAY,
        };
        for (now, lasts, days_left) in [
            (999, false, 1),
            (1_000, true, 1),
            (1_001, true, 0),
            (1_000 + DAY, true, 0),
            (1_001 + DAY, false, -1),
            (1_001 + 2 * DAY, false, -2),
        ] {
            assert_eq!(window.lasts(at(now), 0), lasts, "at {now}");
            assert_eq!(window.days_left(at(now)), days_left, "at {now}");
        }
        assert!(window.lasts(at(1_000), 1));
        assert!(!window.lasts(at(1_001), 1));
    }

    #[test]
    fn instants_are_written_in_utc() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(-1), "1969-12-31T23:59:59Z");
        assert_eq!(rfc3339(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(
            rfc3339(i64::MAX),
            format!("{} seconds since 1970", i64::MAX)
        );
    }
}
