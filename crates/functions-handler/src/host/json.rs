//! JSON as the host's reader takes it, less what two readers could take differently.

mod error;
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_the_host_reads_is_read() {
        let table = [
            (r#"{"a": 1}"#, json!({"a": 1})),
            ("\u{FEFF}{\"a\": true}", json!({"a": true})),
            (
                "// first\n{/* in */\"a\": [1, 2,], // last\n}",
                json!({"a": [1, 2]}),
            ),
            ("{'a': 'it\\'s'}", json!({"a": "it's"})),
            (
                "{a: null, b_c: 0x1F, d: -0X10}",
                json!({"a": null, "b_c": 31, "d": -16}),
            ),
            (
                r#"{"a": "\u00fc\/\\", "b": -1.5e3}"#,
                json!({"a": "ü/\\", "b": -1500.0}),
            ),
            (r#"{"A": 1, "a": 2}"#, json!({"A": 1, "a": 2})),
            ("[]", json!([])),
        ];
        for (text, value) in table {
            assert_eq!(parse(text.as_bytes()), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        let table = [
            ("{\"a\": 1,\n \"a\": 2}", (2, 2), "\"a\" twice"),
            ("{\"a\": {\"ü\": 1, '\\u00fc': 2}}", (1, 16), "\"ü\" twice"),
            ("{a: 1, \"a\": 2}", (1, 8), "\"a\" twice"),
            ("", (1, 1), "found nothing"),
            ("// only a comment", (1, 18), "found nothing"),
            ("{} {}", (1, 4), "more than one"),
            ("{\"a\": 1 \"b\": 2}", (1, 8), "comma"),
            ("{\"a\": 1,, \"b\": 2}", (1, 9), "token"),
            ("{\"a\": NaN}", (1, 7), ""),
            ("{\"a\": -Infinity}", (1, 7), "NaN"),
            ("{\"a\": 1e999}", (1, 7), "a number"),
            ("{\"a\": 0x}", (1, 9), "digit"),
            ("{\"a\": 0xFFFFFFFFFFFFFFFFF}", (1, 7), "a number"),
            ("{\"a\": +1}", (1, 7), "plus"),
            ("{\"a\": undefined}", (1, 7), ""),
            ("{\"a\": \"\\x41\"}", (1, 8), "escape"),
            ("{\"a\": \"\\ud800\"}", (1, 8), ""),
            ("{\n  \"a\": \"b", (2, 8), "Unterminated"),
            ("{\"a\": 1", (1, 1), "Unterminated"),
            ("/* {}", (1, 1), "Unterminated"),
        ];
        for (text, place, part) in table {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.text().contains(part), "{text}: {error}");
            assert_eq!((error.line(), error.column()), place, "{text}: {error}");
        }
    }

    #[test]
    fn keys_that_differ_in_case_are_one_key_to_the_binding() {
        let text = br#"{"routes": 1, "Routes": 2}"#;
        assert!(parse(text).is_ok());
        let error = parse_caseless(text).unwrap_err();
        assert_eq!((error.line(), error.column()), (1, 15));
        assert!(
            error.text().contains("\"Routes\" and \"routes\""),
            "{error}"
        );
    }

    /// A quadratic search took 49 s for this text.
    #[test]
    fn a_text_of_a_mebibyte_with_many_keys_is_read_in_a_moment() {
        let members: Vec<String> = (0..100_000)
            .map(|number| format!("\"k{number}\":0"))
            .collect();
        let text = format!("{{{}}}", members.join(","));
        assert!(text.len() > 900_000);
        let began = std::time::Instant::now();
        assert!(parse(text.as_bytes()).is_ok() && parse_caseless(text.as_bytes()).is_ok());
        assert!(began.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(
            parse(nested(MAX_DEPTH + 1).as_bytes())
                .unwrap_err()
                .text()
                .contains("64 levels")
        );
        assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
        assert!(parse("{a:".repeat(1_000_000).as_bytes()).is_err());
    }
}
