//! Instants (RFC 3339).

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::document::text::{Mistake, TextKind};

/// An instant, in seconds since 1970-01-01 UTC. No fractions: certificates have none.
pub enum Instant {}

impl TextKind for Instant {
    type Value = i64;
    const EXPECTED: &'static str =
        "a date and time (RFC 3339, without fractions) such as 2027-03-01T00:00:00Z";
    const PATTERN: &'static str = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d(Z|[+-]\d{2}:\d{2})$";
    const FORMAT: Option<&'static str> = Some("date-time");
    const EXAMPLES: &'static [&'static str] =
        &["2027-03-01T00:00:00Z", "2027-03-01T02:00:00+02:00"];

    fn read(text: &str) -> Result<Self::Value, Mistake> {
        let is_leap_second = text.get(17..19) == Some("60");
        match OffsetDateTime::parse(text, &Rfc3339) {
            Ok(instant) if has_the_one_form(text) && !is_leap_second => {
                Ok(instant.unix_timestamp())
            }
            Ok(_) => Err(Mistake::Found(
                "fractions of a second, a leap second, or other letters than T and Z".to_owned(),
            )),
            Err(_) => Err(Mistake::Text),
        }
    }
}

/// Whether an instant has the form that this document takes: RFC 3339 allows more, and the parser allows other separators.
fn has_the_one_form(text: &str) -> bool {
    const FORMS: [&str; 3] = [
        "0000-00-00T00:00:00Z",
        "0000-00-00T00:00:00+00:00",
        "0000-00-00T00:00:00-00:00",
    ];
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    FORMS.contains(&shape.as_str())
}
