//! `host.json` flattened into keys and texts, as .NET's configuration sees it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::timespan;
use crate::host::contract::{HOST_JSON, HOST_JSON_VARIABLE_PREFIX};
use crate::host::found;
use app_settings::Problem;

/// All values by their whole key, in lower case and joined by `:`; and the problems met while reading them.
pub(super) struct Settings {
    leaves: BTreeMap<String, Leaf>,
    problems: Vec<Problem>,
}

/// One value and its place.
struct Leaf {
    at: String,
    value: Value,
    from_variable: bool,
}

impl Settings {
    pub(super) fn new(root: &Value) -> Self {
        let mut settings = Self {
            leaves: BTreeMap::new(),
            problems: Vec::new(),
        };
        settings.flatten("", root);
        settings
    }

    /// Puts the variables that replace values of `host.json` in their place, and passes the others over.
    pub(super) fn replace(&mut self, variables: impl Iterator<Item = (String, String)>) {
        for (name, text) in variables {
            let Some(key) = key_of(&name) else { continue };
            let leaf = Leaf {
                at: name.clone(),
                value: Value::String(text),
                from_variable: true,
            };
            match self.leaves.insert(key, leaf) {
                Some(other) if other.from_variable => {
                    let text = format!(
                        "expected one variable for this key, found {} as well; unset one",
                        other.at
                    );
                    self.problems.push(Problem::new(name, text));
                }
                _ => {}
            }
        }
    }

    /// Whether the key has a value or keys below it.
    pub(super) fn has(&self, key: &str) -> bool {
        self.leaves.contains_key(&fold(key)) || self.has_below(key)
    }

    /// All keys below `key`, folded and relative to it, each with its place.
    pub(super) fn below<'a>(&'a self, key: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let start = fold(key) + ":";
        let length = start.len();
        let after = self
            .leaves
            .range(start.clone()..)
            .take_while(move |(path, _)| path.starts_with(&start));
        after.filter_map(move |(path, leaf)| Some((path.get(length..)?, leaf.at.as_str())))
    }

    /// Whether a variable has set the value.
    pub(super) fn is_from_variable(&self, key: &str) -> bool {
        self.leaves
            .get(&fold(key))
            .is_some_and(|leaf| leaf.from_variable)
    }

    /// Whether the value is this text, in any case.
    pub(super) fn is_text(&self, key: &str, text: &str) -> bool {
        let value = self
            .leaves
            .get(&fold(key))
            .and_then(|leaf| leaf.value.as_str());
        value.is_some_and(|value| value.trim().eq_ignore_ascii_case(text))
    }

    /// A text; from `host.json` it must be a string there.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.read(key, "a string", |value, _| {
            value.as_str().map(str::to_owned)
        })
    }

    /// True or false, as a literal or as text in any case.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.read(key, "true or false", |value, _| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// A duration above nothing.
    pub(super) fn duration(&mut self, key: &str) -> Option<Duration> {
        self.read(key, timespan::FORM, |value, _| {
            timespan::parse(value.as_str()?)
        })
    }

    /// A port, as number or as text.
    pub(super) fn port(&mut self, key: &str) -> Option<u16> {
        self.read(key, "a port from 1 to 65535", |value, _| {
            let port = match value {
                Value::String(text) => text.trim().parse().ok(),
                other => other.as_u64().and_then(|port| u16::try_from(port).ok()),
            };
            port.filter(|&port| port != 0)
        })
    }

    /// A list of strings: elements, or a variable that holds a JSON array, which then replaces them all.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        let whole = self.leaves.get(&fold(key));
        if whole.is_some_and(|leaf| leaf.value != Value::Array(Vec::new())) {
            let expected = "an array of strings, or a variable with a JSON array of strings";
            return self.read_secret(key, expected, |value, variable| match value {
                Value::String(text) if variable => serde_json::from_str(text).ok(),
                _ => None,
            });
        }
        let mut indices: Vec<String> = self.below(key).map(|(index, _)| index.to_owned()).collect();
        // .NET orders numbers by value: 2 comes before 10.
        indices.sort_by_key(|index| (index.len(), index.clone()));
        let read = |index: String| {
            let element = format!("{key}:{index}");
            if index.parse::<usize>().is_err() {
                self.refuse(
                    &element,
                    "expected an array of strings, found a named element; write [\"…\"]",
                );
                return None;
            }
            self.read_secret(&element, "a string", |value, _| {
                value.as_str().map(|text| Some(text.to_owned()))
            })
        };
        indices.into_iter().filter_map(read).collect()
    }

    /// Notes a problem at a key, or at the variable that set it.
    pub(super) fn refuse(&mut self, key: &str, text: impl Into<String>) {
        let at = self.place(key);
        self.problems.push(Problem::new(at, text));
    }

    /// Notes a problem at a key of the file, whatever variables say.
    pub(super) fn refuse_in_file(&mut self, key: &str, text: String) {
        self.problems.push(Problem::new(at(key), text));
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    fn read<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: fn(&Value, bool) -> Option<T>,
    ) -> Option<T> {
        let Some(leaf) = self.leaves.get(&fold(key)) else {
            if self.has_below(key) {
                self.refuse(
                    key,
                    format!("expected {expected}, found an object or array; write {expected}"),
                );
            }
            return None;
        };
        let value = read(&leaf.value, leaf.from_variable);
        if value.is_none() {
            let text = format!(
                "expected {expected}, found {}; write {expected}",
                found(leaf)
            );
            self.refuse(key, text);
        }
        value
    }

    /// Like `read`, for values that a message must not repeat.
    fn read_secret<T: Default>(
        &mut self,
        key: &str,
        expected: &str,
        read: fn(&Value, bool) -> Option<T>,
    ) -> T {
        let leaf = self.leaves.get(&fold(key));
        let value = leaf.and_then(|leaf| read(&leaf.value, leaf.from_variable));
        if value.is_none() {
            self.refuse(
                key,
                format!("expected {expected}, found something else; write {expected}"),
            );
        }
        value.unwrap_or_default()
    }

    fn has_below(&self, key: &str) -> bool {
        self.below(key).next().is_some()
    }

    fn place(&self, key: &str) -> String {
        match self.leaves.get(&fold(key)) {
            Some(leaf) => leaf.at.clone(),
            None => at(key),
        }
    }

    fn flatten(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(object) if !object.is_empty() => {
                for (name, value) in object {
                    self.flatten(&join(key, name), value);
                }
            }
            Value::Array(array) if !array.is_empty() => {
                for (index, value) in array.iter().enumerate() {
                    self.flatten(&join(key, &index.to_string()), value);
                }
            }
            leaf => self.insert(key, leaf),
        }
    }

    fn insert(&mut self, key: &str, value: &Value) {
        let leaf = Leaf {
            at: at(key),
            value: value.clone(),
            from_variable: false,
        };
        if self.leaves.insert(fold(key), leaf).is_some() {
            let text =
                "expected each key once, found it twice, once with a colon in its name; remove one";
            self.problems.push(Problem::new(at(key), text));
        }
    }
}

/// The folded key that a variable replaces, if it is one that replaces any.
fn key_of(name: &str) -> Option<String> {
    let key = name.replace("__", ":");
    let (prefix, key) = key.split_once(':')?;
    let replaces = prefix.eq_ignore_ascii_case(HOST_JSON_VARIABLE_PREFIX) && !key.is_empty();
    replaces.then(|| fold(key))
}

fn fold(key: &str) -> String {
    key.to_ascii_lowercase()
}

fn join(key: &str, name: &str) -> String {
    match key {
        "" => name.to_owned(),
        _ => format!("{key}:{name}"),
    }
}

fn at(key: &str) -> String {
    format!("{HOST_JSON}: {}", key.replace(':', "."))
}

/// A value of the file. That of a variable can be a secret in the wrong place.
fn found(leaf: &Leaf) -> String {
    match (leaf.from_variable, &leaf.value) {
        (true, Value::String(text)) => app_settings::Value::new(text).described(),
        (_, value) => found::found(value),
    }
}
