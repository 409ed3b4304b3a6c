//! `host.json` flattened into keys and texts, as .NET's configuration sees it.

mod marker;
mod read;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::host::contract::{HOST_JSON, HOST_JSON_VARIABLE_PREFIX};
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

    /// Puts a value where a profile has it and neither the file nor a variable does.
    pub(super) fn default(&mut self, key: &str, value: Value) {
        let leaf = Leaf {
            at: at(key),
            value,
            from_variable: false,
        };
        self.leaves.entry(fold(key)).or_insert(leaf);
    }

    /// All keys, folded.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.leaves.keys().map(String::as_str)
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

    /// Notes a problem at a key, or at the variable that set it.
    pub(super) fn refuse(&mut self, key: &str, text: impl Into<String>) {
        let at = self.place(key);
        self.problems.push(Problem::new(at, text));
    }

    /// Notes a problem at a variable.
    fn refuse_at(&mut self, variable: String, text: &str) {
        self.problems.push(Problem::new(variable, text));
    }

    /// Notes a problem at a key of the file, whatever variables say.
    pub(super) fn refuse_in_file(&mut self, key: &str, text: String) {
        self.problems.push(Problem::new(at(key), text));
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
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
