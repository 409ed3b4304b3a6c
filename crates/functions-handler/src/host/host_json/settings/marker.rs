//! The marker of an entry, as it is in the file.

use serde_json::{Map, Value};

use super::{Settings, fold};
use crate::host::marker::Marker;

impl Settings {
    /// The marker at this key. It is in the file or nowhere: a setting that opens a route would be seen by nobody who reads
    /// the file.
    pub(in super::super) fn marker(&mut self, key: &str) -> Option<Marker> {
        let variables = self.variables_at(key);
        if !variables.is_empty() {
            for variable in variables {
                let text = "expected the marker in host.json, found it in a variable; write it into the file, and unset the \
                    variable";
                self.refuse_at(variable, text);
            }
            return None;
        }
        let value = self.leaves.get(&fold(key)).map(|leaf| leaf.value.clone());
        let value = match (value, self.has_below(key)) {
            (value, false) => value,
            (None, true) => Some(self.object(key)),
            (Some(_), true) => {
                self.refuse(
                    key,
                    "expected one marker, found two, one with a colon in its name; remove one",
                );
                return None;
            }
        };
        Marker::parse(value.as_ref())
            .map_err(|text| self.refuse(key, text))
            .ok()
    }

    /// The variables that set the key or anything below it.
    fn variables_at(&self, key: &str) -> Vec<String> {
        let (key, start) = (fold(key), fold(key) + ":");
        let at = self.leaves.iter().filter(|(path, leaf)| {
            leaf.from_variable && (**path == key || path.starts_with(&start))
        });
        at.map(|(_, leaf)| leaf.at.clone()).collect()
    }

    /// The object that was flattened at this key: names of arrays, and values.
    fn object(&self, key: &str) -> Value {
        let start = fold(key) + ":";
        let mut object = Map::new();
        let below = self.leaves.range(start.clone()..);
        for (path, leaf) in below.take_while(|(path, _)| path.starts_with(&start)) {
            let path = path.get(start.len()..).unwrap_or_default();
            let Some((name, element)) = path.split_once(':') else {
                object.insert(path.to_owned(), leaf.value.clone());
                continue;
            };
            // What is no element of an array is a value that no marker has.
            let value = match element.parse::<usize>() {
                Ok(_) => leaf.value.clone(),
                Err(_) => Value::Null,
            };
            match object.get_mut(name) {
                Some(Value::Array(list)) => list.push(value),
                _ => drop(object.insert(name.to_owned(), Value::Array(vec![value]))),
            }
        }
        Value::Object(object)
    }
}
