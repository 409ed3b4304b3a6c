//! What the HTTP binding collects beside the request (`HttpTriggerAttributeBindingProvider.cs`): `Metadata`.

use std::time::SystemTime;

use time::UtcDateTime;
use uuid::Uuid;

use super::Call;
use super::request::{headers, raw_query};
use crate::stand_in::newtonsoft::{Token, compact, read, text};
use crate::stand_in::query;

/// Names without regard to case; the first of a name stays.
#[derive(Default)]
struct Collected(Vec<(String, Token)>);

/// Parameters of the route, then those of the query, then members of the body, whatever its type; then the host's own.
/// What a caller calls `Query` or `sys` takes the place of the host's.
pub(super) fn metadata(call: &Call<'_>, now: SystemTime) -> Token {
    let query = query::last(raw_query(call));
    let mut collected = Collected::default();
    for (name, value) in call.values.iter() {
        collected.add(name, encoded_twice(value));
    }
    for (name, value) in query.iter().filter(|(name, _)| name != "code") {
        collected.add(name, encoded_twice(value));
    }
    let body = call.body.map(text_of).unwrap_or_default();
    let body = read(&body).unwrap_or(Token::Null);
    for (name, value) in body.members().unwrap_or_default() {
        if *value != Token::Null {
            collected.add(name, member(value));
        }
    }
    collected.add("Query", Token::object(query));
    let headers = headers(call).into_iter();
    let headers = headers.map(|(name, values)| (name, joined(&values)));
    collected.add("Headers", Token::object(headers));
    let sys = match collected.has("sys") {
        true => "$sys",
        false => "sys",
    };
    collected.add(sys, system(call, now));
    Token::Object(collected.0)
}

/// A text as .NET's `StreamReader` reads it: by its byte order mark, else as UTF-8, what is none replaced.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xEF, 0xBB, 0xBF, text @ ..] => String::from_utf8_lossy(text).into_owned(),
        [0xFF, 0xFE, text @ ..] => units(text, u16::from_le_bytes),
        [0xFE, 0xFF, text @ ..] => units(text, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

impl Collected {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own.eq_ignore_ascii_case(name))
    }

    /// Adds what has a name of its own and is no value for a trigger.
    fn add(&mut self, name: &str, value: Token) {
        if !self.has(name) && !name.to_ascii_lowercase().ends_with("trigger") {
            self.0.push((name.to_owned(), value));
        }
    }
}

/// A member of the body: a scalar as .NET's text of it, an object as it is.
fn member(value: &Token) -> Token {
    match value {
        Token::Object(_) => value.clone(),
        Token::Array(_) => compact(value).into(),
        _ => encoded_twice(&text(value)),
    }
}

fn encoded_twice(text: &str) -> Token {
    compact(&text.into()).into()
}

/// All values but empty ones (`StringValues.ToString`).
fn joined(values: &[String]) -> String {
    let values = values.iter().map(String::as_str);
    let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
    values.join(",")
}

fn system(call: &Call<'_>, now: SystemTime) -> Token {
    Token::object([
        ("MethodName", call.function.name.clone()),
        ("UtcNow", utc(now)),
        ("RandGuid", Uuid::new_v4().to_string()),
    ])
}

/// The time to the tick of .NET, 100 nanoseconds, without closing zeros.
fn utc(now: SystemTime) -> String {
    let now = UtcDateTime::from(now);
    let (hour, minute, second) = now.time().as_hms();
    let fraction = format!(".{:07}", now.nanosecond() / 100);
    let fraction = fraction.trim_end_matches(['0']).trim_end_matches('.');
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}{fraction}Z",
        now.date()
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_time_has_no_closing_zeros() {
        let at = |nanoseconds| utc(SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(1_250_000_000), "1970-01-01T00:00:01.25Z");
        assert_eq!(at(123_456_789), "1970-01-01T00:00:00.1234567Z");
    }

    #[test]
    fn a_text_is_read_by_its_mark() {
        assert_eq!(text_of(b"\xEF\xBB\xBFa"), "a");
        assert_eq!(text_of(b"\xFF\xFEa\0"), "a");
        assert_eq!(text_of(b"\xFE\xFF\0a"), "a");
        assert_eq!(text_of(b"a\xFF"), "a\u{fffd}");
    }
}
