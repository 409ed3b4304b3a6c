//! Inline constraints, with the meaning that ASP.NET Core gives them.

use super::number::{self, Interval};
use crate::host::found::quoted;

/// A condition on the text of one segment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Constraint {
    Alpha,
    Bool,
    Decimal,
    /// `float` and `double`: each reads what the other reads, since .NET takes overflow for infinity.
    Float,
    Guid,
    /// `int`, `long`, `min`, `max` and `range`: a whole number within bounds.
    Integer(Interval),
    /// `minlength`, `maxlength` and `length`, in UTF-16 units.
    Length(Interval),
    /// Not empty, which no segment is.
    Required,
}

impl Constraint {
    /// Reads the text between two colons; the error is what was found.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let unknown = || format!("the constraint {}", quoted(text));
        let (name, arguments) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => (name, Some(rest.strip_suffix(')').ok_or_else(unknown)?)),
        };
        let name = name.to_ascii_lowercase();
        let constraint = match arguments {
            None => plain(&name),
            Some(arguments) => bounded(&name, arguments),
        };
        constraint.ok_or_else(unknown)
    }

    pub(super) fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Alpha => text.bytes().all(|byte| byte.is_ascii_alphabetic()),
            Self::Bool => is_bool(text),
            Self::Decimal => number::is_decimal(text),
            Self::Float => number::is_float(text),
            Self::Guid => is_guid(text),
            Self::Integer(interval) => {
                number::integer(text).is_some_and(|value| interval.contains(value))
            }
            Self::Length(interval) => {
                i64::try_from(text.encode_utf16().count()).is_ok_and(|n| interval.contains(n))
            }
            Self::Required => !text.is_empty(),
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(one), Self::Integer(two)) | (Self::Length(one), Self::Length(two)) => {
                !one.meets(*two)
            }
            (Self::Alpha | Self::Bool, Self::Integer(_) | Self::Decimal)
            | (Self::Integer(_) | Self::Decimal, Self::Alpha | Self::Bool) => true,
            _ => false,
        }
    }
}

/// Whether some text can satisfy both lists; true when in doubt.
pub(super) fn overlap(one: &[Constraint], two: &[Constraint]) -> bool {
    !one.iter()
        .any(|one| two.iter().any(|two| one.excludes(two)))
}

fn plain(name: &str) -> Option<Constraint> {
    Some(match name {
        "alpha" => Constraint::Alpha,
        "bool" => Constraint::Bool,
        "decimal" => Constraint::Decimal,
        "double" | "float" => Constraint::Float,
        "guid" => Constraint::Guid,
        "int" => Constraint::Integer(Interval::new(i32::MIN.into(), i32::MAX.into())?),
        "long" => Constraint::Integer(Interval::new(i64::MIN, i64::MAX)?),
        "required" => Constraint::Required,
        _ => return None,
    })
}

fn bounded(name: &str, arguments: &str) -> Option<Constraint> {
    let mut bounds = arguments
        .split(',')
        .map(|bound| number::integer(bound.trim()));
    let first = bounds.next()??;
    let second = match bounds.next() {
        Some(bound) => Some(bound?),
        None => None,
    };
    if bounds.next().is_some() {
        return None;
    }
    match (name, second) {
        ("min", None) => Interval::new(first, i64::MAX).map(Constraint::Integer),
        ("max", None) => Interval::new(i64::MIN, first).map(Constraint::Integer),
        ("range", Some(last)) => Interval::new(first, last).map(Constraint::Integer),
        ("minlength", None) => length(first, i64::MAX),
        ("maxlength", None) => length(0, first),
        ("length", last) => length(first, last.unwrap_or(first)),
        _ => None,
    }
}

fn length(first: i64, last: i64) -> Option<Constraint> {
    if first < 0 {
        return None;
    }
    Interval::new(first, last).map(Constraint::Length)
}

fn is_bool(text: &str) -> bool {
    let text = text.trim();
    text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
}

/// The formats N, D, B and P of .NET. The format X, with braces inside braces, is not known here: such a path gets 404.
fn is_guid(text: &str) -> bool {
    let text = text.trim();
    let inner = match (text.as_bytes().first(), text.as_bytes().last()) {
        (Some(b'{'), Some(b'}')) | (Some(b'('), Some(b')')) => text.get(1..text.len() - 1),
        _ => {
            return is_hyphenated(text)
                || (text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()));
        }
    };
    inner.is_some_and(is_hyphenated)
}

fn is_hyphenated(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
