//! One value as what it is meant to be, or a problem.

use std::time::Duration;

use serde_json::Value;

use super::{Leaf, Settings, fold};
use crate::host::found;
use crate::host::host_json::timespan;

impl Settings {
    /// A text; from `host.json` it must be a string there.
    pub(in super::super) fn text(&mut self, key: &str) -> Option<String> {
        self.read(key, "a string", |value, _| {
            value.as_str().map(str::to_owned)
        })
    }

    /// True or false, as a literal or as text in any case.
    pub(in super::super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.read(key, "true or false", |value, _| match value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        })
    }

    /// A duration above nothing.
    pub(in super::super) fn duration(&mut self, key: &str) -> Option<Duration> {
        self.read(key, timespan::FORM, |value, _| {
            timespan::parse(value.as_str()?)
        })
    }

    /// A port, as number or as text.
    pub(in super::super) fn port(&mut self, key: &str) -> Option<u16> {
        self.read(key, "a port from 1 to 65535", |value, _| {
            let port = match value {
                Value::String(text) => text.trim().parse().ok(),
                other => other.as_u64().and_then(|port| u16::try_from(port).ok()),
            };
            port.filter(|&port| port != 0)
        })
    }

    /// A list of strings: elements, or a variable that holds a JSON array, which then replaces them all.
    pub(in super::super) fn list(&mut self, key: &str) -> Vec<String> {
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

    /// One of these names, in any case. An empty one is left out of the message.
    pub(in super::super) fn one_of<T: Copy>(
        &mut self,
        key: &str,
        names: &[(&str, T)],
    ) -> Option<T> {
        let listed: Vec<String> = names
            .iter()
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, _)| format!("\"{name}\""))
            .collect();
        self.read(key, &listed.join(" or "), |value, _| {
            let text = value.as_str()?;
            let named = names
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(text));
            named.map(|(_, named)| *named)
        })
    }

    /// Refuses a value where there are keys to be, or nothing. True if it did.
    pub(in super::super) fn refuse_value(&mut self, key: &str, expected: &str) -> bool {
        let Some(leaf) = self.leaves.get(&fold(key)) else {
            return false;
        };
        let is_empty = match &leaf.value {
            Value::Object(object) => object.is_empty(),
            Value::Array(array) => array.is_empty(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        };
        if !is_empty {
            let text = format!("expected {expected}, found {}; write it so", found(leaf));
            self.refuse(key, text);
        }
        !is_empty
    }

    fn read<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: impl Fn(&Value, bool) -> Option<T>,
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
        read: impl Fn(&Value, bool) -> Option<T>,
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
}

/// A value of the file. That of a variable can be a secret in the wrong place.
fn found(leaf: &Leaf) -> String {
    match (leaf.from_variable, &leaf.value) {
        (true, Value::String(text)) => app_settings::Value::new(text).described(),
        (_, value) => found::found(value),
    }
}
