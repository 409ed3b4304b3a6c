//! Strings that Newtonsoft takes for dates (`DateTimeParser.cs`), and how .NET writes these.

use std::fmt::Write as _;

use time::{Date as Day, Duration, Month, PrimitiveDateTime, Time};

/// Digits of a fraction that .NET keeps: ticks of 100 nanoseconds.
const FRACTION_DIGITS: usize = 7;

/// A point in time by day and clock; one with an offset is converted to this machine's, which in Azure is UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::stand_in) struct Date {
    at: PrimitiveDateTime,
    zone: &'static str,
}

impl Date {
    /// `2026-01-05T00:00:00`, with or without a fraction, `Z` or an offset.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (day, clock) = text.split_once('T')?;
        let [year, month, day] = numbers(day, ['-', '-'], [4, 2, 2])?;
        let (seconds, rest) = clock.split_at_checked(8)?;
        let [hour, minute, second] = numbers(seconds, [':', ':'], [2, 2, 2])?;
        let (fraction, zone) = fraction(rest)?;
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let day = Day::from_calendar_date(i32::try_from(year).ok()?, month, narrow(day)?).ok()?;
        let clock =
            Time::from_hms_nano(narrow(hour)?, narrow(minute)?, narrow(second)?, fraction).ok()?;
        let (zone, offset) = offset(zone)?;
        let at = PrimitiveDateTime::new(day, clock).checked_sub(offset)?;
        Some(Self { at, zone })
    }

    /// As `DateTime.ToString` of no culture writes it.
    pub(super) fn text(&self) -> String {
        let (day, clock) = (self.at.date(), self.at.time());
        let (hour, minute, second) = clock.as_hms();
        format!(
            "{:02}/{:02}/{:04} {hour:02}:{minute:02}:{second:02}",
            u8::from(day.month()),
            day.day(),
            day.year()
        )
    }

    /// As JSON has it, without quotes.
    pub(super) fn iso(&self) -> String {
        let (day, clock) = (self.at.date(), self.at.time());
        let (hour, minute, second) = clock.as_hms();
        let (year, month) = (day.year(), u8::from(day.month()));
        let mut iso = format!(
            "{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
            day.day()
        );
        let fraction = format!("{:07}", clock.nanosecond() / 100);
        let fraction = fraction.trim_end_matches('0');
        if !fraction.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(iso, ".{fraction}");
        }
        iso + self.zone
    }
}

/// Three numbers of so many digits with these signs between them.
fn numbers(text: &str, signs: [char; 2], digits: [usize; 3]) -> Option<[u32; 3]> {
    let (first, rest) = text.split_once(signs[0])?;
    let (second, third) = rest.split_once(signs[1])?;
    let number = |text: &str, digits: usize| -> Option<u32> {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten()
    };
    Some([
        number(first, digits[0])?,
        number(second, digits[1])?,
        number(third, digits[2])?,
    ])
}

fn narrow(number: u32) -> Option<u8> {
    u8::try_from(number).ok()
}

/// Nanoseconds of a fraction, and what follows it.
fn fraction(rest: &str) -> Option<(u32, &str)> {
    let Some(digits) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, zone) = digits.split_at_checked(count)?;
    let kept: String = digits
        .chars()
        .chain("000000000".chars())
        .take(FRACTION_DIGITS)
        .collect();
    let ticks: u32 = kept.parse().ok()?;
    (count > 0).then_some((ticks * 100, zone))
}

/// How the zone is written again, and its distance from UTC.
fn offset(zone: &str) -> Option<(&'static str, Duration)> {
    match zone {
        "" => return Some(("", Duration::ZERO)),
        "Z" => return Some(("Z", Duration::ZERO)),
        _ => {}
    }
    let (sign, digits) = match zone.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, zone.strip_prefix('-')?),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    let hours: i64 = hours.parse().ok()?;
    let minutes: i64 = if minutes.is_empty() {
        0
    } else {
        minutes.parse().ok()?
    };
    Some(("+00:00", Duration::minutes(sign * (hours * 60 + minutes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_in_two_ways() {
        let table = [
            (
                "2026-01-05T00:00:00Z",
                "01/05/2026 00:00:00",
                "2026-01-05T00:00:00Z",
            ),
            (
                "2026-12-31T23:59:59",
                "12/31/2026 23:59:59",
                "2026-12-31T23:59:59",
            ),
            (
                "2026-01-05T01:02:03.1250Z",
                "01/05/2026 01:02:03",
                "2026-01-05T01:02:03.125Z",
            ),
            (
                "2026-01-05T01:00:00+02:00",
                "01/04/2026 23:00:00",
                "2026-01-04T23:00:00+00:00",
            ),
            (
                "2026-01-05T01:00:00-0130",
                "01/05/2026 02:30:00",
                "2026-01-05T02:30:00+00:00",
            ),
        ];
        for (text, plain, iso) in table {
            let date = Date::parse(text).expect(text);
            assert_eq!(
                (date.text().as_str(), date.iso().as_str()),
                (plain, iso),
                "{text}"
            );
        }
    }

    #[test]
    fn most_strings_are_no_dates() {
        for text in [
            "",
            "text",
            "2026-01-05",
            "2026-1-5T00:00:00Z",
            "2026-13-05T00:00:00Z",
            "2026-01-05 00:00:00",
            "2026-01-05T00:00Z",
            "2026-01-05T00:00:00x",
            "2026-01-05T00:00:00.Z",
            "2026-01-05T25:00:00",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
