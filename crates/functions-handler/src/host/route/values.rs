//! The values of a route's parameters.

/// The decoded values of a route's parameters, in the order of the template; in an envelope, in the host's order.
///
/// They are the caller's text, decoded once: a value can hold any character but controls, and dots or slashes that
/// were encoded twice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RouteValues {
    values: Vec<(String, String)>,
}

impl RouteValues {
    /// The value of a parameter, its name in any case; none for a part that the path leaves out.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// All names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    pub(super) fn insert(&mut self, name: &str, value: Option<String>) {
        if let Some(value) = value {
            self.values.push((name.to_owned(), value));
        }
    }
}

/// Names and values as the host found them.
impl FromIterator<(String, String)> for RouteValues {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(values: T) -> Self {
        Self {
            values: values.into_iter().collect(),
        }
    }
}
