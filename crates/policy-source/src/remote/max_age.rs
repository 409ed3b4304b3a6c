//! How old a policy gets that its store no longer confirms.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The shortest: two attempts of a store that answers.
const MIN: Duration = Duration::from_secs(60);

/// The longest: a year.
const MAX: Duration = Duration::from_secs(365 * 86_400);

/// How long a policy is used without its store confirming it: a whole number and a unit, `90s`, `30m`, `24h` or `7d`, from one
/// minute to 365 days. The default is a day.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct MaxAge(Duration);

impl MaxAge {
    /// As a duration.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl Default for MaxAge {
    fn default() -> Self {
        Self(Duration::from_secs(86_400))
    }
}

impl FromStr for MaxAge {
    type Err = InvalidMaxAge;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unit = text.chars().next_back().and_then(seconds);
        let digits = text.get(..text.len().saturating_sub(1)).unwrap_or_default();
        let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let count = is_number.then(|| digits.parse::<u64>().ok()).flatten();
        let age = count
            .zip(unit)
            .and_then(|(count, unit)| count.checked_mul(unit));
        age.map(Duration::from_secs)
            .filter(|age| (MIN..=MAX).contains(age))
            .map(Self)
            .ok_or(InvalidMaxAge)
    }
}

fn seconds(unit: char) -> Option<u64> {
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(86_400),
        _ => None,
    }
}

/// The text is not an age.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidMaxAge;

impl fmt::Display for InvalidMaxAge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "expected a whole number with the unit s, m, h or d, from 1m to 365d, such as 24h",
        )
    }
}

impl std::error::Error for InvalidMaxAge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_number_and_a_unit() {
        for (text, expected) in [
            ("60s", Some(60)),
            ("1m", Some(60)),
            ("24h", Some(86_400)),
            ("365d", Some(31_536_000)),
            ("59s", None),
            ("366d", None),
            ("0h", None),
            ("24", None),
            ("h", None),
            ("", None),
            ("-1h", None),
            ("+1h", None),
            ("1.5h", None),
            ("1 h", None),
            ("1H", None),
            ("99999999999999999999d", None),
            ("18446744073709551615d", None),
            ("1\u{b5}", None),
        ] {
            let found = text.parse::<MaxAge>().ok().map(|age| age.get().as_secs());
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
