//! Reading the syntax tree into types: every mistake is found, not the first alone.

use std::collections::BTreeMap;

use jsonc_parser::ast::{Object, Value as Node};

use super::finding::Findings;
use super::place::Place;
use super::shown::{nearest, shown_name, shown_value};

/// A type that is read from a value of the document.
pub(super) trait Read: Sized {
    /// Reads the value. `None` where it cannot be read, which `findings` then says.
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self>;
}

/// The members of an object whose keys are known.
pub(super) struct Fields<'n, 't, 'f> {
    place: Place,
    known: &'static [&'static str],
    values: Vec<Option<&'n Node<'t>>>,
    findings: &'f mut Findings,
}

impl<'n, 't, 'f> Fields<'n, 't, 'f> {
    /// The members of an object that has no keys but the `known` ones, each once. `what` names the object in messages.
    pub(super) fn of(
        node: &'n Node<'t>,
        what: &str,
        known: &'static [&'static str],
        findings: &'f mut Findings,
    ) -> Option<Self> {
        let object = object(node, what, findings)?;
        let mut values = vec![None; known.len()];
        for property in &object.properties {
            let name = property.name.as_str();
            let place = Place::of(property);
            let slot = known
                .iter()
                .position(|known| *known == name)
                .and_then(|index| values.get_mut(index));
            match slot {
                None => findings.add(place, unknown_key(name, what, known)),
                Some(Some(_)) => findings.add(place, repeated_key(name)),
                Some(slot) => *slot = Some(&property.value),
            }
        }
        Some(Self {
            place: Place::of(object),
            known,
            values,
            findings,
        })
    }

    /// Where the object begins.
    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Where problems go.
    pub(super) fn findings(&mut self) -> &mut Findings {
        self.findings
    }

    /// Whether the key is present, whatever its value.
    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// The value of a key that must be there.
    pub(super) fn required<T: Read>(&mut self, key: &str) -> Option<T> {
        if !self.has(key) {
            self.findings.add(
                self.place,
                format!("expected the key {key:?}, found none; add it"),
            );
        }
        self.optional(key)
    }

    /// The value of a key that may be absent. `None` also where the value cannot be read.
    pub(super) fn optional<T: Read>(&mut self, key: &str) -> Option<T> {
        T::read(self.value(key)?, self.findings)
    }

    fn value(&self, key: &str) -> Option<&'n Node<'t>> {
        let index = self.known.iter().position(|known| *known == key)?;
        *self.values.get(index)?
    }
}

/// A list. Elements that cannot be read are left out.
impl<T: Read> Read for Vec<T> {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        match node.as_array() {
            Some(array) => {
                // Exactly as many: a policy has lists by the hundred thousand.
                let mut values = Self::with_capacity(array.elements.len());
                values.extend(
                    array
                        .elements
                        .iter()
                        .filter_map(|element| T::read(element, findings)),
                );
                Some(values)
            }
            None => mistaken(node, "a list", findings),
        }
    }
}

/// A list with one element at least.
#[derive(Clone, Debug)]
pub(super) struct NonEmpty<T>(pub(super) Vec<T>);

impl<T: Read> Read for NonEmpty<T> {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        if node
            .as_array()
            .is_some_and(|array| array.elements.is_empty())
        {
            return mistaken(node, "a list with one element at least", findings);
        }
        Vec::read(node, findings).map(Self)
    }
}

impl Read for bool {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        match node.as_boolean_lit() {
            Some(literal) => Some(literal.value),
            None => mistaken(node, "true or false", findings),
        }
    }
}

/// What an object has, by its keys, each with its place. An element that cannot be read is `None`: its key is known all the
/// same.
pub(super) fn read_map<T: Read>(
    node: &Node<'_>,
    what: &str,
    findings: &mut Findings,
) -> Option<BTreeMap<String, (Place, Option<T>)>> {
    let mut map = BTreeMap::new();
    for property in &object(node, what, findings)?.properties {
        let name = property.name.as_str();
        let place = Place::of(property);
        let value = T::read(&property.value, findings);
        if map.contains_key(name) {
            findings.add(place, repeated_key(name));
        } else {
            map.insert(name.to_owned(), (place, value));
        }
    }
    Some(map)
}

/// Adds the finding that a value is something else than what was expected.
pub(super) fn mistaken<T>(node: &Node<'_>, expected: &str, findings: &mut Findings) -> Option<T> {
    findings.add(
        Place::of(node),
        format!("expected {expected}, found {}; correct it", found(node)),
    );
    None
}

fn object<'n, 't>(
    node: &'n Node<'t>,
    what: &str,
    findings: &mut Findings,
) -> Option<&'n Object<'t>> {
    match node.as_object() {
        Some(object) => Some(object),
        None => mistaken(node, &format!("{what} (an object)"), findings),
    }
}

/// What kind of value it is.
fn found(node: &Node<'_>) -> String {
    match node {
        Node::StringLit(literal) => shown_value(&literal.value),
        Node::NumberLit(literal) => format!(
            "the number {}",
            shown_value(literal.value).trim_matches('"')
        ),
        Node::BooleanLit(literal) => literal.value.to_string(),
        Node::NullKeyword(_) => "null".to_owned(),
        Node::Object(_) => "an object".to_owned(),
        Node::Array(array) if array.elements.is_empty() => "an empty list".to_owned(),
        Node::Array(_) => "a list".to_owned(),
    }
}

fn repeated_key(name: &str) -> String {
    let name = shown_name(name);
    format!("expected each key once, found {name} twice; remove one of the two")
}

fn unknown_key(name: &str, what: &str, known: &[&str]) -> String {
    let advice = nearest(known.iter().copied(), name).map_or_else(
        || format!("the known ones are {}; remove it", known.join(", ")),
        |nearest| format!("the nearest known one is {nearest:?}; rename it or remove it"),
    );
    let name = shown_name(name);
    format!("expected a key of {what}, found {name}; {advice}")
}
