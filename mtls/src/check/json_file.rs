//! A JSON file of the app: its values, and the line of each.

#[cfg(test)]
mod tests;

use std::path::Path;

use app_settings::read_file;
use functions_handler::config::MAX_FILE_BYTES;
use functions_handler::host::json;
use jsonc_parser::ast::{Array, Object, Value as Node};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value;

use super::finding::Place;

/// A JSON file of the app, as text.
pub(crate) struct JsonFile {
    /// Its name from the app's folder, with slashes.
    pub(super) name: String,
    text: String,
    /// What the engine's reader makes of it; `None` for what it refuses.
    pub(super) value: Option<Value>,
    /// Where that reader stops.
    refused_line: Option<usize>,
}

/// A key of a file.
pub(super) struct Key {
    /// All names down to it, with dots between them.
    pub(super) path: String,
    /// The last of the names.
    pub(super) name: String,
    /// True or false, if it is one of them.
    pub(super) flag: Option<bool>,
}

impl JsonFile {
    /// Reads a file of the folder. `None` where it cannot be read.
    pub(super) fn read(folder: &Path, name: &str) -> Option<Self> {
        let bytes = read_file(&folder.join(name), MAX_FILE_BYTES).ok()?;
        let (value, refused_line) = match json::parse_caseless(&bytes) {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(error.line())),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Some(Self {
            name: name.to_owned(),
            text: text.trim_start_matches('\u{FEFF}').to_owned(),
            value,
            refused_line,
        })
    }

    /// The place of a key, as the engine's messages name it: `customHandler.http.routes.0.route`,
    /// `bindings.req.authLevel`, `bindings[0].type`. Of a key that is absent, the place of what it belongs into.
    pub(super) fn place(&self, key: &str) -> Place {
        let line = match self.refused_line {
            Some(line) => Some(line),
            None if key.is_empty() => None,
            None => self.line(key),
        };
        Place {
            file: self.name.clone(),
            line,
        }
    }

    /// The value of a key; names count in any case.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        let mut value = self.value.as_ref()?;
        for name in key.split('.') {
            value = member(value, name)?;
        }
        Some(value)
    }

    /// Every key of every object in the file, outer ones first.
    pub(super) fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        if let Some(value) = &self.value {
            collect("", value, &mut keys);
        }
        keys
    }

    fn line(&self, key: &str) -> Option<usize> {
        let root = self.root()?;
        let (mut offset, mut node, mut rest) = (None, &root, key);
        while let Some((start, next, after)) = step(node, rest) {
            (offset, node, rest) = (Some(start), next, after);
        }
        let before = self.text.get(..offset?)?;
        Some(before.matches('\n').count() + 1)
    }

    fn root(&self) -> Option<Node<'_>> {
        let options = ParseOptions::default();
        let parsed = parse_to_ast(&self.text, &CollectOptions::default(), &options);
        parsed.ok()?.value
    }
}

/// A member by its name in any case, as the host reads it.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let mut members = value.as_object()?.iter();
    let found = members.find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

/// A flag as .NET's configuration takes it: true or false, or the word as text.
pub(super) fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn collect(path: &str, value: &Value, keys: &mut Vec<Key>) {
    match value {
        Value::Array(array) => {
            for (index, value) in array.iter().enumerate() {
                collect(&below(path, &index.to_string()), value, keys);
            }
        }
        Value::Object(object) => {
            for (name, value) in object {
                let path = below(path, name);
                keys.push(Key {
                    path: path.clone(),
                    name: name.clone(),
                    flag: flag(value),
                });
                collect(&path, value, keys);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        _ => format!("{path}.{name}"),
    }
}

/// One step towards a key: where the next part begins, the part, and what of the key is left.
fn step<'a, 't, 'k>(node: &'a Node<'t>, key: &'k str) -> Option<(usize, &'a Node<'t>, &'k str)> {
    match node {
        Node::Object(object) => into_object(object, key),
        Node::Array(array) => into_array(array, key),
        _ => None,
    }
}

/// The member with the longest name that the key begins with: names may have dots.
fn into_object<'a, 't, 'k>(
    object: &'a Object<'t>,
    key: &'k str,
) -> Option<(usize, &'a Node<'t>, &'k str)> {
    let candidates = object.properties.iter().filter_map(|property| {
        let rest = without(key, property.name.as_str())?;
        Some((property, rest))
    });
    let (property, rest) = candidates.min_by_key(|(_, rest)| rest.len())?;
    Some((property.range.start, &property.value, rest))
}

/// The element of an index, or with a name, as bindings have one.
fn into_array<'a, 't, 'k>(
    array: &'a Array<'t>,
    key: &'k str,
) -> Option<(usize, &'a Node<'t>, &'k str)> {
    let (first, rest) = match key.strip_prefix('[') {
        Some(after) => {
            let (index, rest) = after.split_once(']')?;
            (index, rest.strip_prefix('.').unwrap_or(rest))
        }
        None => key.split_once('.').unwrap_or((key, "")),
    };
    let by_index = first
        .parse()
        .ok()
        .and_then(|index: usize| array.elements.get(index));
    let element = by_index.or_else(|| {
        array
            .elements
            .iter()
            .find(|element| is_named(element, first))
    })?;
    Some((element.start(), element, rest))
}

fn is_named(element: &Node<'_>, name: &str) -> bool {
    let Node::Object(object) = element else {
        return false;
    };
    object.properties.iter().any(|property| {
        let is_name = property.name.as_str().eq_ignore_ascii_case("name");
        is_name && matches!(&property.value, Node::StringLit(text) if text.value == name)
    })
}

/// The rest of a key after one of its names.
fn without<'k>(key: &'k str, name: &str) -> Option<&'k str> {
    let start = key.get(..name.len())?;
    let rest = key.get(name.len()..)?;
    if name.is_empty() || !start.eq_ignore_ascii_case(name) {
        return None;
    }
    match rest.strip_prefix('.') {
        Some(rest) => Some(rest),
        None => (rest.is_empty() || rest.starts_with('[')).then_some(rest),
    }
}
