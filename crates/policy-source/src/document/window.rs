//! When a caller or a rule counts.

use super::kind::Instant;
use super::reader::Fields;
use super::text::Text;

/// The instants from one to before another, in seconds; without bounds where the document gives none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Interval {
    pub(super) from: i64,
    pub(super) until: i64,
}

impl Interval {
    pub(super) fn intersection(self, other: Self) -> Self {
        Self {
            from: self.from.max(other.from),
            until: self.until.min(other.until),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.until <= self.from
    }
}

/// The time that `notBefore` and `until` enclose.
pub(super) fn interval(
    not_before: Option<&Text<Instant>>,
    until: Option<&Text<Instant>>,
) -> Interval {
    Interval {
        from: not_before.map_or(i64::MIN, |instant| instant.value),
        until: until.map_or(i64::MAX, |instant| instant.value),
    }
}

/// Reads `notBefore` and `until`. A window that never opens is a problem.
pub(super) fn read_window(
    fields: &mut Fields<'_, '_, '_>,
) -> (Option<Text<Instant>>, Option<Text<Instant>>) {
    let not_before: Option<Text<Instant>> = fields.optional("notBefore");
    let until: Option<Text<Instant>> = fields.optional("until");
    if let (Some(from), Some(until)) = (&not_before, &until)
        && until.value <= from.value
    {
        let text = "expected an instant after \"notBefore\", found one that is not: the window never opens; correct one of the two";
        fields.findings().add_pair(until.place, from.place, text);
    }
    (not_before, until)
}
