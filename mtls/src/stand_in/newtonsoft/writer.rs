//! Values as Newtonsoft and .NET write them.

use super::number;
use super::token::Token;

/// The value as `ToString` writes it: `True`, dates of no culture, arrays and objects indented.
pub(in crate::stand_in) fn text(token: &Token) -> String {
    match token {
        Token::Null => String::new(),
        Token::Bool(true) => "True".to_owned(),
        Token::Bool(false) => "False".to_owned(),
        Token::Integer(digits) => digits.clone(),
        Token::Float(value) => number::text(*value),
        Token::String(text) => text.clone(),
        Token::Date(date) => date.text(),
        Token::Array(_) | Token::Object(_) => indented(token),
    }
}

/// As JSON, two blanks a level.
pub(in crate::stand_in) fn indented(token: &Token) -> String {
    let mut written = String::new();
    write(token, &mut written, Some(0));
    written
}

/// As JSON, without blanks.
pub(in crate::stand_in) fn compact(token: &Token) -> String {
    let mut written = String::new();
    write(token, &mut written, None);
    written
}

/// Writes a value that lies so deep; `None` without blanks.
fn write(token: &Token, written: &mut String, level: Option<usize>) {
    match token {
        Token::Null => written.push_str("null"),
        Token::Bool(value) => written.push_str(if *value { "true" } else { "false" }),
        Token::Integer(digits) => written.push_str(digits),
        Token::Float(value) => written.push_str(&float(*value)),
        Token::String(text) => push_quoted(written, text),
        Token::Date(date) => push_quoted(written, &date.iso()),
        Token::Array(elements) => {
            write_all(
                written,
                level,
                ['[', ']'],
                elements,
                |written, element, level| {
                    write(element, written, level);
                },
            );
        }
        Token::Object(members) => {
            write_all(
                written,
                level,
                ['{', '}'],
                members,
                |written, (name, value), level| {
                    push_quoted(written, name);
                    written.push_str(if level.is_some() { ": " } else { ":" });
                    write(value, written, level);
                },
            );
        }
    }
}

fn write_all<T>(
    written: &mut String,
    level: Option<usize>,
    brackets: [char; 2],
    parts: &[T],
    part: impl Fn(&mut String, &T, Option<usize>),
) {
    written.push(brackets[0]);
    let inner = level.map(|level| level + 1);
    for (at, one) in parts.iter().enumerate() {
        if at > 0 {
            written.push(',');
        }
        push_line(written, inner);
        part(written, one, inner);
    }
    if !parts.is_empty() {
        push_line(written, level);
    }
    written.push(brackets[1]);
}

fn push_line(written: &mut String, level: Option<usize>) {
    if let Some(level) = level {
        written.push('\n');
        written.push_str(&"  ".repeat(level));
    }
}

/// A number that is not whole says so by a point or an exponent.
fn float(value: f64) -> String {
    let text = number::text(value);
    match text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        true => text + ".0",
        false => text,
    }
}

fn push_quoted(written: &mut String, text: &str) {
    // A string is never anything else in JSON.
    written.push_str(&serde_json::Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand_in::newtonsoft::read;

    #[test]
    fn a_value_is_written_in_three_ways() {
        let table = [
            ("null", "", "null"),
            ("true", "True", "true"),
            ("1.50", "1.5", "1.5"),
            ("202.0", "202", "202.0"),
            ("\"a\"", "a", "\"a\""),
            (
                "\"2026-01-05T00:00:00Z\"",
                "01/05/2026 00:00:00",
                "\"2026-01-05T00:00:00Z\"",
            ),
            ("[]", "[]", "[]"),
            (
                "[1,\"a\",null]",
                "[\n  1,\n  \"a\",\n  null\n]",
                "[1,\"a\",null]",
            ),
            (
                "{\"a\":1,\"b\":{\"c\":\"\u{e4}\"}}",
                "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": \"\u{e4}\"\n  }\n}",
                "{\"a\":1,\"b\":{\"c\":\"\u{e4}\"}}",
            ),
        ];
        for (json, as_text, as_json) in table {
            let token = read(json).expect(json);
            assert_eq!(
                (text(&token).as_str(), compact(&token).as_str()),
                (as_text, as_json),
                "{json}"
            );
        }
    }
}
