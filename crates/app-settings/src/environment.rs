//! The environment of the process, read once.

use std::collections::BTreeMap;

use crate::reference::Reference;
use crate::{Problem, Value};

/// Names and values of environment variables: app settings, and what the Functions host adds.
///
/// It holds secrets of the host, so it cannot be formatted.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// The environment of this process. Bytes that are not UTF-8 become U+FFFD, which no setting allows.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .map(|(name, value)| {
                (
                    name.to_string_lossy().into_owned(),
                    value.to_string_lossy().into_owned(),
                )
            })
            .collect()
    }

    /// The value of a variable. A blank one is unset: a portal cannot store an empty value.
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        self.variables
            .get(name)
            .filter(|value| !value.trim().is_empty())
            .map(|value| Value::new(value))
    }

    /// The value of a setting. One that is an unresolved reference to Key Vault or App Configuration, or has one in a
    /// list, is a problem, and then unset.
    pub fn setting(&self, name: &str, problems: &mut Vec<Problem>) -> Option<Value<'_>> {
        let value = self.get(name)?;
        match Reference::in_value(value.expose()) {
            None => Some(value),
            Some(reference) => {
                problems.push(reference.problem(name));
                None
            }
        }
    }

    /// Whether a variable has a value that is not blank.
    pub fn is_set(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// All names with a value that is not blank.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables
            .keys()
            .map(String::as_str)
            .filter(|name| self.is_set(name))
    }

    /// All names and values, blank ones too.
    ///
    /// ```compile_fail
    /// let environment = app_settings::Environment::from_iter([("PASSWORD", "hunter2")]);
    /// for (name, value) in environment.iter() {
    ///     println!("{name}={value}");
    /// }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, Value<'_>)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), Value::new(value)))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self {
            variables: variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        }
    }
}
