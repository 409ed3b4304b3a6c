//! Days, by which expiry is counted and reports are repeated.

use rustls_pki_types::UnixTime;

/// Seconds of a day. Leap seconds do not count, neither in [`UnixTime`] nor in a certificate.
pub(super) const SECONDS_PER_DAY: u64 = 86_400;

/// The number of a day, in UTC, since 1970-01-01.
pub(super) fn number(instant: UnixTime) -> u64 {
    instant.as_secs() / SECONDS_PER_DAY
}
