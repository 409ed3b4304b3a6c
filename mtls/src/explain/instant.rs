//! An instant on the command line.

use std::time::Duration;

use rustls_pki_types::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Reads RFC 3339, with any offset.
///
/// # Errors
///
/// Other text, and instants before 1970, at which no decision is made.
pub(super) fn parse(text: &str) -> Result<UnixTime, String> {
    let expected = "expected an instant from 1970 on, as 2026-01-31T12:00:00Z";
    let instant = OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|error| format!("{expected}, found other text ({error})"))?;
    u64::try_from(instant.unix_timestamp())
        .map(|seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
        .map_err(|_| format!("{expected}, found an earlier one"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_has_a_date_a_time_and_an_offset() {
        let seconds = |text| parse(text).ok().map(|instant| instant.as_secs());
        assert_eq!(seconds("1970-01-01T00:00:01Z"), Some(1));
        assert_eq!(seconds("2026-01-01T01:00:00+01:00"), Some(1_767_225_600));
        for text in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "1969-12-31T23:59:59Z",
            "now",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
