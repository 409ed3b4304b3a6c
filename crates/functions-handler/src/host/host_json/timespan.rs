//! Durations as .NET's `TimeSpan` is written: `[d.]hh:mm[:ss[.fffffff]]`.

use std::time::Duration;

/// What is accepted, for messages.
pub(super) const FORM: &str = "hh:mm:ss, as \"00:05:00\", longer than nothing";

/// None for another form, a negative or an empty duration, and for a bare number, which .NET takes for days.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let (clock, nanoseconds) = match text.trim().split_once(':')? {
        (_, rest) if rest.contains('.') => {
            let (clock, fraction) = text.trim().rsplit_once('.')?;
            (clock, fraction_of_second(fraction)?)
        }
        _ => (text.trim(), 0),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours, minutes] if nanoseconds == 0 => (*hours, *minutes, "0"),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let whole = below(days, 10_000_000)? * 86_400
        + below(hours, 24)? * 3_600
        + below(minutes, 60)? * 60
        + below(seconds, 60)?;
    Some(Duration::new(whole, nanoseconds)).filter(|duration| !duration.is_zero())
}

fn below(text: &str, limit: u64) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|&value| value < limit)
}

fn fraction_of_second(text: &str) -> Option<u32> {
    // .NET counts in ticks of 100 nanoseconds: seven digits.
    if text.is_empty() || text.len() > 7 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{text:0<9}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_dotnet_writes_them() {
        let table = [
            ("00:00:30", Some(Duration::from_secs(30))),
            ("00:05", Some(Duration::from_secs(300))),
            ("1.02:03:04", Some(Duration::from_secs(93_784))),
            ("00:00:00.5", Some(Duration::from_millis(500))),
            ("1.00:00:01.0000001", Some(Duration::new(86_401, 100))),
            (" 00:10:00 ", Some(Duration::from_secs(600))),
            ("00:00:00", None),
            ("-00:00:30", None),
            ("30", None),
            ("24:00:00", None),
            ("00:60:00", None),
            ("00:00:61", None),
            ("1:2:3:4", None),
            ("00:05.5", None),
            ("+1:00", None),
            ("00::30", None),
            ("00:00:00.12345678", None),
            ("", None),
            ("soon", None),
        ];
        for (text, duration) in table {
            assert_eq!(parse(text), duration, "{text:?}");
        }
    }
}
