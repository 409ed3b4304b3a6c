//! The text of a route, read into its parts.

use std::fmt;

use super::constraint::Constraint;
use super::segment::{CatchAll, Parameter, Presence, Segment};
use crate::host::contract::RESERVED_ROUTE_PREFIXES;
use crate::host::found::{quoted, shortened};

/// What this handler's routes are made of, for messages.
const SUPPORTED: &str = "supported are literal segments and whole-segment parameters: {p}, {p?}, {p=default}, {*rest}, \
    with the constraints int, long, bool, guid, alpha, float, double, decimal, required, minlength(n), maxlength(n), \
    length(n), length(a,b), min(n), max(n), range(a,b)";

/// Why a route is refused: what was found, and what is supported.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RouteError(String);

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RouteError {}

/// What a route consists of.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) segments: Vec<Segment>,
    pub(super) catch_all: Option<CatchAll>,
}

pub(super) fn template(text: &str) -> Result<Parts, RouteError> {
    refuse_ends(text)?;
    refuse_reserved(text)?;
    let mut parts = Parts::default();
    for part in text.split('/') {
        if let Some(rest) = &parts.catch_all {
            return Err(unsupported(
                text,
                &format!(
                    "{} after the catch-all {{*{}}}",
                    quoted(part),
                    shortened(&rest.name)
                ),
            ));
        }
        append(&mut parts, text, part)?;
    }
    refuse_repeated_names(&parts, text)?;
    Ok(parts)
}

pub(super) fn prefix(text: &str) -> Result<Vec<Segment>, RouteError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    refuse_ends(text)?;
    let parts = text.split('/').map(|part| literal(text, part));
    parts.collect()
}

fn refuse_ends(text: &str) -> Result<(), RouteError> {
    match text {
        "" => Err(RouteError(
            "expected a route, found an empty text; leave the key out to use the function's name"
                .to_owned(),
        )),
        _ if text.starts_with(['/', '~']) || text.ends_with('/') => Err(RouteError(format!(
            "expected a route without a slash at either end, found {}; write {}",
            quoted(text),
            quoted(text.trim_matches(['/', '~']))
        ))),
        _ => Ok(()),
    }
}

fn refuse_reserved(text: &str) -> Result<(), RouteError> {
    let folded = text.to_ascii_lowercase();
    let reserved = RESERVED_ROUTE_PREFIXES
        .iter()
        .find(|reserved| folded.starts_with(*reserved));
    match reserved {
        None => Ok(()),
        Some(reserved) => Err(RouteError(format!(
            "expected a route that does not start with admin or runtime, which the host keeps for itself, found \
             {}; put something before \"{reserved}\"",
            quoted(text)
        ))),
    }
}

fn append(parts: &mut Parts, text: &str, part: &str) -> Result<(), RouteError> {
    if !part.contains(['{', '}']) {
        parts.segments.push(literal(text, part)?);
        return Ok(());
    }
    let inner = part
        .strip_prefix('{')
        .and_then(|part| part.strip_suffix('}'));
    let Some(inner) = inner.filter(|inner| !inner.contains(['{', '}'])) else {
        return Err(unsupported(text, &format!("the segment {}", quoted(part))));
    };
    match inner.strip_prefix("**").or_else(|| inner.strip_prefix('*')) {
        Some(inner) => parts.catch_all = Some(catch_all(text, inner)?),
        None => {
            let parameter = parameter(text, inner)?;
            parts.segments.push(Segment::Parameter(parameter));
        }
    }
    Ok(())
}

fn literal(text: &str, part: &str) -> Result<Segment, RouteError> {
    match part {
        "" => return Err(unsupported(text, "an empty segment")),
        "." | ".." => return Err(unsupported(text, "a dot segment")),
        _ => {}
    }
    match part.chars().find(|&letter| !is_literal(letter)) {
        None => Ok(Segment::Literal(part.to_owned())),
        Some(letter) => Err(unsupported(
            text,
            &format!("{letter:?} in the literal segment {}", quoted(part)),
        )),
    }
}

/// What the host's decoded path can hold and compares without surprise: RFC 3986's `pchar`, unencoded, less `*`.
fn is_literal(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-._~!$&'()+,;=:@".contains(letter)
}

fn catch_all(text: &str, inner: &str) -> Result<CatchAll, RouteError> {
    let Parameter {
        name,
        presence,
        constraints,
    } = parameter(text, inner)?;
    if !constraints.is_empty() {
        return Err(unsupported(
            text,
            &format!("a constraint on the catch-all {{*{}}}", shortened(&name)),
        ));
    }
    let default = match presence {
        Presence::Required => None,
        Presence::Default(default) => Some(default),
        Presence::Optional => {
            return Err(unsupported(
                text,
                &format!("? on the catch-all {{*{}}}", shortened(&name)),
            ));
        }
    };
    Ok(CatchAll { name, default })
}

fn parameter(text: &str, inner: &str) -> Result<Parameter, RouteError> {
    let (rest, presence) = presence(text, inner)?;
    let mut parts = rest.split(':');
    let name = name(text, parts.next().unwrap_or_default())?;
    let constraints = parts
        .map(|part| Constraint::parse(part).map_err(|found| unsupported(text, &found)))
        .collect::<Result<Vec<_>, _>>()?;
    let parameter = Parameter {
        name,
        presence,
        constraints,
    };
    match &parameter.presence {
        Presence::Default(default) if !parameter.accepts(default) => Err(unsupported(
            text,
            &format!(
                "the default {}, which the constraints of {} refuse",
                quoted(default),
                shortened(&parameter.name)
            ),
        )),
        _ => Ok(parameter),
    }
}

fn presence<'a>(text: &str, inner: &'a str) -> Result<(&'a str, Presence), RouteError> {
    let (rest, presence) = match (inner.split_once('='), inner.strip_suffix('?')) {
        (Some((_, "")), _) => return Err(unsupported(text, "an empty default")),
        (Some((rest, default)), None) => (rest, Presence::Default(default.to_owned())),
        (Some(_), Some(_)) => {
            return Err(unsupported(text, "a parameter with both a default and ?"));
        }
        (None, Some(rest)) => (rest, Presence::Optional),
        (None, None) => (inner, Presence::Required),
    };
    Ok((rest, presence))
}

fn name(text: &str, name: &str) -> Result<String, RouteError> {
    let mut letters = name.chars();
    let first = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if first && letters.all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter)) {
        return Ok(name.to_owned());
    }
    let found = format!(
        "the parameter name {} (letters, digits, _ and -, a letter or _ first)",
        quoted(name)
    );
    Err(unsupported(text, &found))
}

fn refuse_repeated_names(parts: &Parts, text: &str) -> Result<(), RouteError> {
    let mut names: Vec<&str> = Vec::new();
    let parameters = parts.segments.iter().filter_map(|segment| match segment {
        Segment::Parameter(parameter) => Some(parameter.name.as_str()),
        Segment::Literal(_) => None,
    });
    for name in parameters.chain(parts.catch_all.as_ref().map(|rest| rest.name.as_str())) {
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            return Err(unsupported(
                text,
                &format!("the parameter {} twice", shortened(name)),
            ));
        }
        names.push(name);
    }
    Ok(())
}

fn unsupported(text: &str, found: &str) -> RouteError {
    RouteError(format!(
        "expected a route that this handler can match, found {found} in {}; {SUPPORTED}",
        quoted(text)
    ))
}
