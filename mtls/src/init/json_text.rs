//! A JSON text as it is written, with the places of its values. What no edit names stays, byte by byte.

use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectProp, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// The UTF-8 byte order mark, which editors on Windows put before text.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// A text whose value is an object.
pub(super) struct JsonText<'t> {
    /// Without a byte order mark; places count from here.
    text: &'t str,
    mark: &'static str,
    root: Object<'t>,
}

/// Texts that replace others, by their places.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl<'t> JsonText<'t> {
    /// Reads the text; comments and trailing commas are allowed. `None` if it is no object.
    pub(super) fn parse(text: &'t str) -> Option<Self> {
        let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => (BYTE_ORDER_MARK, rest),
            None => ("", text),
        };
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        match parsed.ok()?.value? {
            Node::Object(root) => Some(Self { text, mark, root }),
            _ => None,
        }
    }

    pub(super) fn root(&self) -> &Object<'t> {
        &self.root
    }

    /// The source between two places.
    pub(super) fn source(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// What separates a new member from the one at `place`: a line's end and the indent, or a blank if that one is not the first
    /// on its line.
    pub(super) fn separator(&self, place: usize) -> String {
        let before = self.source(0..place);
        let indent = before.rsplit('\n').next().unwrap_or_default();
        if !before.contains('\n') || !indent.trim().is_empty() {
            return " ".to_owned();
        }
        let end = if before.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        format!("{end}{indent}")
    }

    /// The whole text with the edits.
    pub(super) fn edited(&self, edits: Edits) -> String {
        let mut edits = edits.0;
        edits.sort_by_key(|(range, _)| range.start);
        let mut text = self.text.to_owned();
        for (range, replacement) in edits.into_iter().rev() {
            text.replace_range(range, &replacement);
        }
        format!("{}{text}", self.mark)
    }
}

impl Edits {
    pub(super) fn insert(&mut self, place: usize, text: impl Into<String>) {
        self.replace(place..place, text);
    }

    pub(super) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push((range, text.into()));
    }

    pub(super) fn remove(&mut self, range: Range<usize>) {
        self.replace(range, "");
    }
}

/// A member whose name counts in any case, as for the host.
pub(super) fn member<'n, 't>(object: &'n Object<'t>, name: &str) -> Option<&'n ObjectProp<'t>> {
    let mut properties = object.properties.iter();
    properties.find(|property| property.name.as_str().eq_ignore_ascii_case(name))
}

/// The object that a member holds.
pub(super) fn object<'n, 't>(object: &'n Object<'t>, name: &str) -> Option<&'n Object<'t>> {
    member(object, name)?.value.as_object()
}

/// Where a value's source is.
pub(super) fn place(value: &impl Ranged) -> Range<usize> {
    value.start()..value.end()
}

/// The place just behind the bracket that opens a list or an object.
pub(super) fn inside(value: &impl Ranged) -> usize {
    value.start() + 1
}

/// A text that needs no escapes as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
