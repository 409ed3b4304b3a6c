//! Values for output bindings.

use serde::Serialize;
use serde_json::Value;

/// What an implementation puts on output bindings other than the HTTP response, by the names in `function.json`.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    values: Vec<(String, Option<Value>)>,
}

impl Outputs {
    /// Nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// With a value for one binding. The last value for a name counts.
    ///
    /// A value that is not JSON (a map whose keys are not text) is a mistake of the implementation, as is a name that
    /// no binding has: the invocation fails.
    #[must_use]
    pub fn with(mut self, binding: &str, value: &impl Serialize) -> Self {
        let value = serde_json::to_value(value).ok();
        self.values.retain(|(known, _)| known != binding);
        self.values.push((binding.to_owned(), value));
        self
    }

    /// The names and values; `None` for a value that is not JSON.
    pub(crate) fn into_values(self) -> Vec<(String, Option<Value>)> {
        self.values
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn the_last_value_counts_and_what_is_not_json_is_noticed() {
        let outputs = Outputs::none()
            .with("a", &"one")
            .with("b", &HashMap::from([([1], 2)]))
            .with("a", &2);
        let expected = vec![("b".to_owned(), None), ("a".to_owned(), Some(json!(2)))];
        assert_eq!(outputs.into_values(), expected);
    }
}
