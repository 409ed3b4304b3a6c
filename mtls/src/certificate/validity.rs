//! The validity of a new certificate.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::x509::X509Ref;
use rustls_pki_types::UnixTime;

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
    /// Validity for `days` days from now.
    pub(crate) fn starting(now: UnixTime, days: u32) -> Self {
        let now = seconds(now);
        Self {
            not_before: now - BACKDATED_SECONDS,
            not_after: now + i64::from(days) * SECONDS_A_DAY,
        }
    }

    /// The validity of a certificate.
    pub(crate) fn of(certificate: &X509Ref) -> Result<Self, ErrorStack> {
        Ok(Self {
            not_before: since_1970(certificate.not_before())?,
            not_after: since_1970(certificate.not_after())?,
        })
    }

    /// Whether it has begun and lasts for at least `days` more days.
    pub(crate) fn lasts(&self, now: UnixTime, days: u32) -> bool {
        let now = seconds(now);
        self.not_before <= now && now + i64::from(days) * SECONDS_A_DAY <= self.not_after
    }
}

/// An instant of the core in seconds, for arithmetic that may go below 1970.
pub(super) fn seconds(instant: UnixTime) -> i64 {
    i64::try_from(instant.as_secs()).unwrap_or(i64::MAX / 2)
}

/// An instant of a certificate or list in seconds since 1970.
pub(super) fn since_1970(time: &Asn1TimeRef) -> Result<i64, ErrorStack> {
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
        for (now, lasts) in [
            (999, false),
            (1_000, true),
            (1_001, true),
            (1_000 + DAY, true),
            (1_001 + DAY, false),
        ] {
            assert_eq!(window.lasts(at(now), 0), lasts, "at {now}");
        }
        assert!(window.lasts(at(1_000), 1));
        assert!(!window.lasts(at(1_001), 1));
    }
}
