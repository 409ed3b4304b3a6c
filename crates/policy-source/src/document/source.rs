//! The text of a document: its syntax, and where in it something is.

use jsonc_parser::ast::{Array, Object, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::finding::{Finding, Findings};
use super::place::Place;
use super::problem::{Position, Problem};
use super::shown::shown_name;

/// The largest document that is read. One caller with a thumbprint, a name rule and two roles takes some 300 bytes, so that
/// 100,000 of them take 30 MB.
pub const MAX_DOCUMENT_BYTES: u64 = 64 * 1024 * 1024;

/// The UTF-8 byte order mark, which editors on Windows put before text.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The text of a document.
#[derive(Clone, Copy)]
pub(crate) struct Source<'t> {
    text: &'t str,
}

impl<'t> Source<'t> {
    /// Takes the bytes of a document.
    pub(crate) fn new(bytes: &'t [u8]) -> Result<Self, Problem> {
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_DOCUMENT_BYTES) {
            let text = format!(
                "expected at most {MAX_DOCUMENT_BYTES} bytes, found {}",
                bytes.len()
            );
            return Err(Source { text: "" }.problem_at(0, text));
        }
        match str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                text: text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text),
            }),
            Err(error) => {
                let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let text = str::from_utf8(good).unwrap_or_default();
                let found = "expected UTF-8, found other bytes; save the file as UTF-8";
                Err(Source { text }.problem_at(good.len(), found.to_owned()))
            }
        }
    }

    /// The document's one value. Comments and trailing commas are allowed; whatever else is not JSON is a problem. The parser
    /// takes at most 512 levels of nesting, and the document's types have six.
    pub(crate) fn parse(self) -> Result<Node<'t>, Problem> {
        let parsed = parse_to_ast(self.text, &CollectOptions::default(), &options());
        match parsed.map(|parsed| parsed.value) {
            Ok(Some(node)) => Ok(node),
            Ok(None) => {
                let text =
                    "expected an object, found nothing; write a policy or remove the setting";
                Err(self.problem_at(self.text.len(), text.to_owned()))
            }
            Err(error) => {
                let text = format!(
                    "expected JSON (comments and trailing commas are allowed), found a mistake here: {}",
                    error.kind()
                );
                Err(self.problem_at(error.range().start, text))
            }
        }
    }

    /// What was found, each with its line, column and JSON path.
    pub(crate) fn problems(self, findings: Findings) -> Vec<Problem> {
        if findings.is_empty() {
            return Vec::new();
        }
        let root = self.parse().ok();
        let lines = Lines::new(self.text);
        let (findings, unlisted) = findings.sorted();
        let report = |finding: &Finding| {
            let path = |place| {
                root.as_ref()
                    .map_or_else(String::new, |root| path(root, place))
            };
            let mut text = finding.text.clone();
            if let Some(other) = finding.other {
                text.push_str(&format!(
                    "; the other is {} ({})",
                    path(other),
                    lines.position(other.offset())
                ));
            }
            Problem::new(
                lines.position(finding.place.offset()),
                path(finding.place),
                text,
            )
        };
        let mut problems: Vec<Problem> = findings.iter().map(report).collect();
        if unlisted > 0 {
            problems.push(self.problem_at(
                0,
                format!("{unlisted} more problems are not listed; correct these first"),
            ));
        }
        problems
    }

    /// A problem with the document as a whole.
    pub(crate) fn whole(self, text: String) -> Problem {
        self.problem_at(0, text)
    }

    /// A problem with the document as a whole, or with its syntax.
    fn problem_at(self, offset: usize, text: String) -> Problem {
        Problem::new(Lines::new(self.text).position(offset), "$".to_owned(), text)
    }
}

/// JSON with comments and trailing commas, as editors know it.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
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
