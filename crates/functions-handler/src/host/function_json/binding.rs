//! One element of `bindings`.

use serde_json::{Map, Value};

use super::methods::Methods;
use crate::host::auth_level::AuthLevel;
use crate::host::found::{found, found_or_nothing};
use crate::host::route::RouteTemplate;

/// The methods that function.json's schema lists.
const METHODS: [&str; 8] = [
    "GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS", "TRACE",
];

/// Characters of a binding's name: the host's pattern.
const NAME_LENGTH: usize = 128;

/// A binding with its common members read; the others stay as they are.
pub(super) struct Binding<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) direction: Direction,
    members: &'a Map<String, Value>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Direction {
    In,
    Out,
    InOut,
}

/// A key of a binding and what is wrong with its value.
pub(super) type Wrong = (&'static str, String);

impl<'a> Binding<'a> {
    /// Reads an element; all that is wrong goes to `wrong`.
    pub(super) fn parse(value: &'a Value, wrong: &mut Vec<Wrong>) -> Option<Self> {
        let Some(members) = value.as_object() else {
            wrong.push((
                "",
                format!(
                    "expected an object, found {}; write {{\"type\": …, \"name\": …}}",
                    found(value)
                ),
            ));
            return None;
        };
        let kind = keep(kind(members), wrong);
        let name = keep(name(members), wrong);
        let direction = keep(direction(members), wrong);
        Some(Self {
            name: name?,
            kind: kind?,
            direction: direction?,
            members,
        })
    }

    pub(super) fn is_trigger(&self) -> bool {
        let kind = self.kind.as_bytes();
        let start = kind.len().saturating_sub("trigger".len());
        kind.get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(b"trigger"))
    }

    pub(super) fn is_http_trigger(&self) -> bool {
        self.kind.eq_ignore_ascii_case("httpTrigger")
    }

    pub(super) fn is_http_output(&self) -> bool {
        self.kind.eq_ignore_ascii_case("http") && self.direction.is_output()
    }

    pub(super) fn is_binary(&self) -> bool {
        let kind = member(self.members, "dataType").and_then(Value::as_str);
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("binary"))
    }

    /// The names of all members.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.members.keys().map(String::as_str)
    }

    /// The route without prefix: the key's, or the function's name.
    pub(super) fn route(&self, function: &str) -> Result<RouteTemplate, Wrong> {
        let text = match member(self.members, "route") {
            None => function,
            Some(Value::String(text)) if !text.trim().is_empty() => text,
            Some(other) => {
                let text = format!(
                    "expected a route, found {}; leave the key out to use the function's name",
                    found(other)
                );
                return Err(("route", text));
            }
        };
        RouteTemplate::parse(text).map_err(|error| ("route", error.to_string()))
    }

    pub(super) fn methods(&self) -> Result<Methods, Wrong> {
        let refusal = |wrong: &Value| {
            let text = format!(
                "expected an array of one or more of {}, found {}; list the methods, or leave the key out to allow all",
                METHODS.join(", ").to_ascii_lowercase(),
                found(wrong)
            );
            ("methods", text)
        };
        let list = match member(self.members, "methods") {
            None => return Ok(Methods::All),
            Some(Value::Array(list)) if !list.is_empty() => list,
            Some(other) => return Err(refusal(other)),
        };
        let mut methods = Vec::with_capacity(list.len());
        for value in list {
            let method = value.as_str().unwrap_or_default().to_ascii_uppercase();
            if !METHODS.contains(&method.as_str()) {
                return Err(refusal(value));
            }
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        Ok(Methods::Listed(methods))
    }

    pub(super) fn auth_level(&self) -> Result<AuthLevel, Wrong> {
        let value = member(self.members, "authLevel");
        let level = value.map(|value| {
            value
                .as_str()
                .map(str::to_ascii_lowercase)
                .unwrap_or_default()
        });
        match (level.as_deref(), value) {
            (None | Some("function"), _) => Ok(AuthLevel::Function),
            (Some("anonymous"), _) => Ok(AuthLevel::Anonymous),
            (Some("admin"), _) => Ok(AuthLevel::Admin),
            (Some(_), value) => Err((
                "authLevel",
                format!(
                    "expected anonymous, function or admin, found {}; write one of these",
                    found_or_nothing(value)
                ),
            )),
        }
    }
}

impl Direction {
    pub(super) fn is_input(self) -> bool {
        self != Self::Out
    }

    pub(super) fn is_output(self) -> bool {
        self != Self::In
    }
}

/// The host reads a binding's members in any case.
fn member<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let found = members
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

fn keep<T>(read: Result<T, Wrong>, wrong: &mut Vec<Wrong>) -> Option<T> {
    read.map_err(|text| wrong.push(text)).ok()
}

fn kind(members: &Map<String, Value>) -> Result<&str, Wrong> {
    match member(members, "type") {
        Some(Value::String(kind)) if !kind.trim().is_empty() => Ok(kind),
        other => Err((
            "type",
            format!(
                "expected a type as \"httpTrigger\", found {}; name one",
                found_or_nothing(other)
            ),
        )),
    }
}

fn name(members: &Map<String, Value>) -> Result<&str, Wrong> {
    let name = member(members, "name").and_then(Value::as_str);
    name.filter(|name| is_name(name)).ok_or_else(|| {
        let found = found_or_nothing(member(members, "name"));
        let text = format!("expected a letter, then up to 127 letters or digits, or $return, found {found}; rename the binding");
        ("name", text)
    })
}

fn is_name(name: &str) -> bool {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= NAME_LENGTH
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plain || name == "$return"
}

fn direction(members: &Map<String, Value>) -> Result<Direction, Wrong> {
    let value = member(members, "direction");
    let text = value.map(|value| {
        value
            .as_str()
            .map(str::to_ascii_lowercase)
            .unwrap_or_default()
    });
    match text.as_deref() {
        None | Some("in") => Ok(Direction::In),
        Some("out") => Ok(Direction::Out),
        Some("inout") => Ok(Direction::InOut),
        Some(_) => Err((
            "direction",
            format!(
                "expected in, out or inout, found {}; write one of these",
                found_or_nothing(value)
            ),
        )),
    }
}
