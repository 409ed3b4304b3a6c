//! The one clock of the server.

use std::time::{Duration, SystemTime};

use rustls_pki_types::UnixTime;
use serde::{Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The time since 1970-01-01 UTC at which something happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Timestamp(Duration);

impl Timestamp {
    /// Now. A clock that stands before 1970 reads as 1970: every certificate is then not valid yet.
    #[expect(clippy::disallowed_methods, reason = "this is the server's clock")]
    pub fn now() -> Self {
        Self(
            SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default(),
        )
    }

    /// The instant for a decision, in whole seconds.
    pub fn instant(self) -> UnixTime {
        UnixTime::since_unix_epoch(self.0)
    }
}

/// RFC 3339, in UTC, to the millisecond.
impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let milliseconds = i128::try_from(self.0.as_millis()).unwrap_or(i128::MAX);
        let text =
            OffsetDateTime::from_unix_timestamp_nanos(milliseconds.saturating_mul(1_000_000))
                .ok()
                .and_then(|instant| instant.format(&Rfc3339).ok());
        text.serialize(serializer)
    }
}
