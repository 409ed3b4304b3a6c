//! `CLIENT_CERT_UNUSED_DAYS`: after how many days without a call a caller is named.

use app_settings::{Environment, Problem};

use super::known::UNUSED_DAYS;

/// The most days that are accepted: ten years, longer than any certificate of a caller should be valid.
const HIGHEST: u16 = 3650;

/// After how many days without a call a caller of the policy is named in the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UnusedDays(u16);

impl UnusedDays {
    /// So many days, if they are from 1 to 3650.
    pub fn new(days: u16) -> Option<Self> {
        (1..=HIGHEST).contains(&days).then_some(Self(days))
    }

    /// The number of days, from 1 to 3650.
    pub fn days(self) -> u16 {
        self.0
    }
}

/// The setting; `None` where it is unset: no caller is named for being unused.
pub(super) fn load(environment: &Environment, problems: &mut Vec<Problem>) -> Option<UnusedDays> {
    let value = environment.setting(UNUSED_DAYS.name(), problems)?;
    let days = value.parse().ok().and_then(UnusedDays::new);
    if days.is_none() {
        problems.push(Problem::new(
            UNUSED_DAYS.name(),
            format!(
                "expected a whole number of days from 1 to {HIGHEST}, found {}; correct it, or remove it to name no unused callers",
                UNUSED_DAYS.shown(value.expose())
            ),
        ));
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_a_whole_number_within_bounds() {
        for (value, expected) in [
            ("", None),
            ("1", Some(1)),
            (" 90 ", Some(90)),
            ("3650", Some(3650)),
        ] {
            let (found, problems) = read(value);
            assert_eq!((found, problems), (expected, 0), "{value:?}");
        }
        for value in ["0", "3651", "-1", "1.5", "90 days", "ninety", "99999999"] {
            assert_eq!(read(value), (None, 1), "{value:?}");
        }
    }

    fn read(value: &str) -> (Option<u16>, usize) {
        let mut problems = Vec::new();
        let environment = Environment::from_iter([(UNUSED_DAYS.name(), value)]);
        let days = load(&environment, &mut problems);
        (days.map(UnusedDays::days), problems.len())
    }
}
