//! The one clock of the server.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use rustls_pki_types::UnixTime;
use serde::{Serialize, Serializer};

use client_cert::rfc3339;

/// The time since 1970-01-01 UTC at which something happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timestamp(Duration);

impl Timestamp {
    /// Now. A clock before 1970 reads as 1970: no certificate is valid then.
    pub fn now() -> Self {
        let now = system_time().duration_since(SystemTime::UNIX_EPOCH);
        Self(now.unwrap_or_default())
    }

    /// The instant for a decision, in whole seconds.
    pub fn instant(self) -> UnixTime {
        UnixTime::since_unix_epoch(self.0)
    }

    /// The same in whole seconds, as certificates and windows have it.
    pub(crate) fn seconds(self) -> i64 {
        i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX)
    }

    /// An instant of a test's own.
    #[cfg(test)]
    pub(crate) fn at(seconds: i64) -> Self {
        Self(Duration::from_secs(u64::try_from(seconds).unwrap()))
    }
}

/// Now, for crates that are given a clock.
#[expect(clippy::disallowed_methods, reason = "this is the server's clock")]
pub(crate) fn system_time() -> SystemTime {
    SystemTime::now()
}

impl Timestamp {
    /// Appends RFC 3339, in UTC, to the millisecond. It needs no escaping in JSON.
    fn write(self, text: &mut Vec<u8>) {
        let second = self.seconds();
        WRITTEN.with_borrow_mut(|written| {
            if written.0 != second {
                *written = (second, rfc3339(second));
            }
            text.extend_from_slice(written.1.trim_end_matches('Z').as_bytes());
        });
        let milliseconds = self.0.subsec_millis();
        text.push(b'.');
        for place in [100, 10, 1] {
            text.push(
                b"0123456789"[usize::try_from(milliseconds / place % 10).unwrap_or_default()],
            );
        }
        text.push(b'Z');
    }
}

/// The same as text.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = Vec::with_capacity(32);
        self.write(&mut text);
        serializer.serialize_str(&String::from_utf8_lossy(&text))
    }
}

thread_local! {
    /// The second that was written last: a busy handler writes many lines in one.
    static WRITTEN: RefCell<(i64, String)> = RefCell::new((0, rfc3339(0)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_digits() {
        let text = |milliseconds| {
            serde_json::to_string(&Timestamp(Duration::from_millis(milliseconds))).unwrap()
        };
        assert_eq!(text(0), "\"1970-01-01T00:00:00.000Z\"");
        assert_eq!(text(1_767_225_600_007), "\"2026-01-01T00:00:00.007Z\"");
        assert_eq!(text(1_767_225_600_810), "\"2026-01-01T00:00:00.810Z\"");
    }
}
