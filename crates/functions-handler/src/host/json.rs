//! JSON as the host's reader takes it, less what two readers could take differently.

mod error;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;

use jsonc_parser::ast::{Object, Value as Node};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::{Map, Number, Value};

use super::found::{quoted, shortened};

pub use error::JsonError;

/// How deep arrays and objects may lie in each other: the default of Newtonsoft.Json 13, which the host uses.
pub const MAX_DEPTH: usize = 64;

/// Reads a text as the host reads `host.json` and `function.json`.
///
/// Accepted beyond JSON: a byte order mark, UTF-16 with one, comments, trailing commas, single quotes, names without
/// quotes, hexadecimal numbers. Not accepted: keys that appear twice, of which one reader takes the first and another
/// the last; `NaN` and `Infinity`; nesting deeper than [`MAX_DEPTH`]; invalid UTF-8, which the host would repair.
///
/// # Errors
///
/// [`JsonError`] with line and column.
pub fn parse(text: &[u8]) -> Result<Value, JsonError> {
    read(text, |key| key.to_owned())
}

/// Like [`parse`], and refuses keys of one object that differ in case alone, which are one key to .NET's binding.
///
/// # Errors
///
/// [`JsonError`] with line and column.
pub fn parse_caseless(text: &[u8]) -> Result<Value, JsonError> {
    read(text, str::to_ascii_lowercase)
}

/// `fold` gives the same text for keys that are one.
fn read(text: &[u8], fold: fn(&str) -> String) -> Result<Value, JsonError> {
    let source = text::decode(text)?;
    let parsed =
        parse_to_ast(&source, &CollectOptions::default(), &options()).map_err(|error| {
            let text = error.kind().to_string();
            JsonError::new(error.line_display(), error.column_display(), text)
        })?;
    match parsed.value {
        Some(node) => Reader {
            source: &source,
            fold,
        }
        .value(node, 0),
        None => Err(JsonError::at(
            &source,
            source.len(),
            "expected a value, found nothing".to_owned(),
        )),
    }
}

/// What Newtonsoft.Json takes; a number like `+1` or `5.` it does not.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: true,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: true,
        allow_hexadecimal_numbers: true,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

struct Reader<'a> {
    source: &'a str,
    fold: fn(&str) -> String,
}

impl Reader<'_> {
    fn value(&self, node: Node<'_>, depth: usize) -> Result<Value, JsonError> {
        if depth > MAX_DEPTH {
            let text =
                format!("expected at most {MAX_DEPTH} levels of arrays and objects, found more");
            return Err(self.error(&node, text));
        }
        match node {
            Node::NullKeyword(_) => Ok(Value::Null),
            Node::BooleanLit(literal) => Ok(Value::Bool(literal.value)),
            Node::StringLit(literal) => Ok(Value::String(literal.value.into_owned())),
            Node::NumberLit(literal) => match number(literal.value) {
                Some(number) => Ok(Value::Number(number)),
                None => Err(self.error(
                    &literal,
                    format!("expected a number, found {}", shortened(literal.value)),
                )),
            },
            Node::Array(array) => {
                let elements = array
                    .elements
                    .into_iter()
                    .map(|element| self.value(element, depth + 1));
                elements.collect::<Result<_, _>>().map(Value::Array)
            }
            Node::Object(object) => self.object(object, depth).map(Value::Object),
        }
    }

    fn object(&self, object: Object<'_>, depth: usize) -> Result<Map<String, Value>, JsonError> {
        let mut map = Map::new();
        let mut known: HashMap<String, String> = HashMap::new();
        for property in object.properties {
            let range = property.range;
            let name = property.name.into_string();
            if let Some(known) = known.insert((self.fold)(&name), name.clone()) {
                let again = if known == name {
                    "twice".to_owned()
                } else {
                    format!("and {}", quoted(&known))
                };
                let text = format!(
                    "expected each key once, found {} {again}; remove one of the two",
                    quoted(&name)
                );
                return Err(JsonError::at(self.source, range.start, text));
            }
            map.insert(name, self.value(property.value, depth + 1)?);
        }
        Ok(map)
    }

    fn error(&self, node: &impl Ranged, text: String) -> JsonError {
        JsonError::at(self.source, node.range().start, text)
    }
}

fn number(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    match digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        Some(digits) => {
            let value = i64::from_str_radix(digits, 16).ok()?;
            Some(if negative { -value } else { value }.into())
        }
        None => text.parse().ok(),
    }
}
