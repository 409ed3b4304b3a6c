//! Where in a document something is, for people: line, column and JSON path.

use jsonc_parser::ast::{Array, Object, Value as Node};
use jsonc_parser::common::Ranged;

use super::place::Place;
use super::problem::{Position, Problem};
use super::shown::shown_name;
use super::source::Source;

/// Finds the line, column and JSON path of places in one document.
pub struct Locator<'t> {
    lines: Lines<'t>,
    /// `None` where the text is not JSON: then a place has no path.
    root: Option<Node<'t>>,
}

impl<'t> Locator<'t> {
    /// For the places that [`Document::parse`](crate::Document::parse) gives for the same bytes.
    ///
    /// # Errors
    ///
    /// Bytes that are no text, or too many.
    pub fn of(document: &'t [u8]) -> Result<Self, Problem> {
        Source::new(document).map(Source::locator)
    }

    pub(super) fn new(text: &'t str, root: Option<Node<'t>>) -> Self {
        Self {
            lines: Lines::new(text),
            root,
        }
    }

    /// What is to be said about one place.
    pub fn problem(&self, place: Place, text: impl Into<String>) -> Problem {
        Problem::new(
            self.lines.position(place.offset()),
            self.path(place),
            text.into(),
        )
    }

    /// What is to be said about one place and involves another; the text names both.
    pub fn problem_of_two(&self, place: Place, other: Place, text: impl Into<String>) -> Problem {
        let text = text.into();
        let path = self.path(other);
        let position = self.lines.position(other.offset());
        self.problem(place, format!("{text}; the other is {path} ({position})"))
    }

    fn path(&self, place: Place) -> String {
        let root = self.root.as_ref();
        root.map_or_else(String::new, |root| path(root, place))
    }
}

/// The line and column of a byte.
pub(super) fn position(text: &str, offset: usize) -> Position {
    Lines::new(text).position(offset)
}

/// Where the lines of a text begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let after_newlines = text.match_indices('\n').map(|(index, _)| index + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after_newlines).collect(),
        }
    }

    fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|index| self.starts.get(index));
        let before = start.and_then(|start| self.text.get(*start..offset));
        Position {
            line,
            column: before.map_or(0, |before| before.chars().count()) + 1,
        }
    }
}

/// The JSON path of the value or key at a place.
fn path(root: &Node<'_>, place: Place) -> String {
    let mut path = "$".to_owned();
    let mut node = root;
    loop {
        let step = match node {
            Node::Object(object) => into_object(object, place, &mut path),
            Node::Array(array) => into_array(array, place, &mut path),
            _ => None,
        };
        match step {
            Some(next) => node = next,
            None => return path,
        }
    }
}

fn into_object<'a, 't>(
    object: &'a Object<'t>,
    place: Place,
    path: &mut String,
) -> Option<&'a Node<'t>> {
    let after = object
        .properties
        .partition_point(|property| property.range.start <= place.offset());
    let property = object.properties.get(after.checked_sub(1)?)?;
    (place.offset() < property.range.end).then(|| {
        path.push_str(&member(property.name.as_str()));
        &property.value
    })
}

fn into_array<'a, 't>(
    array: &'a Array<'t>,
    place: Place,
    path: &mut String,
) -> Option<&'a Node<'t>> {
    let after = array
        .elements
        .partition_point(|element| element.start() <= place.offset());
    let index = after.checked_sub(1)?;
    let element = array.elements.get(index)?;
    (place.offset() < element.end()).then(|| {
        path.push_str(&format!("[{index}]"));
        element
    })
}

/// The segment of a path that names a member (RFC 9535, section 2.5.1).
fn member(name: &str) -> String {
    let mut bytes = name.bytes();
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_plain = bytes.next().is_some_and(is_first)
        && bytes.all(|byte| is_first(byte) || byte.is_ascii_digit());
    let shown = shown_name(name);
    if is_plain && shown.starts_with('"') {
        format!(".{name}")
    } else {
        format!("[{shown}]")
    }
}
