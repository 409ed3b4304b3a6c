//! Statuses that count as ready.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use http::StatusCode;

/// The statuses that a setting may name. An answer of 500 or more says that the server, or one behind it, is not ready.
const NAMEABLE: RangeInclusive<u16> = 200..=499;

/// A list of statuses, as `200-399,404`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Statuses(Vec<RangeInclusive<u16>>);

/// Why a text is no list of statuses.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidStatuses;

impl Statuses {
    /// Whether a status is in the list.
    #[must_use]
    pub fn contains(&self, status: StatusCode) -> bool {
        self.0.iter().any(|range| range.contains(&status.as_u16()))
    }
}

/// 200 to 399.
impl Default for Statuses {
    fn default() -> Self {
        Self(vec![200..=399])
    }
}

impl FromStr for Statuses {
    type Err = InvalidStatuses;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let ranges = text.split(',').map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let range = status(first)?..=status(last)?;
            (!range.is_empty()).then_some(range)
        });
        ranges
            .collect::<Option<_>>()
            .map(Self)
            .ok_or(InvalidStatuses)
    }
}

fn status(text: &str) -> Option<u16> {
    let text = text.trim();
    let is_plain = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let status = is_plain.then(|| text.parse().ok()).flatten()?;
    NAMEABLE.contains(&status).then_some(status)
}

impl fmt::Display for InvalidStatuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (NAMEABLE.start(), NAMEABLE.end());
        write!(
            f,
            "expected statuses from {first} to {last} and ranges of them, as 200-399,404"
        )
    }
}

impl std::error::Error for InvalidStatuses {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_or_refused_as_a_whole() {
        let table: [(&str, &[u16], &[u16]); 3] = [
            ("200", &[200], &[199, 201]),
            ("200-204, 401", &[200, 204, 401], &[205, 400]),
            ("200-499", &[200, 499], &[199, 500]),
        ];
        for (text, inside, outside) in table {
            let statuses: Statuses = text.parse().unwrap();
            let contains = |status: &u16| statuses.contains(StatusCode::from_u16(*status).unwrap());
            assert!(inside.iter().all(contains), "{text}");
            assert!(!outside.iter().any(contains), "{text}");
        }
        for text in [
            "500",
            "200-500",
            "200,503",
            "100",
            "404-400",
            "",
            "200,",
            "2xx",
            "+200",
            "200-300-400",
        ] {
            assert_eq!(text.parse::<Statuses>(), Err(InvalidStatuses), "{text}");
        }
    }
}
