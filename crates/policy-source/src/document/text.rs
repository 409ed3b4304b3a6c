//! Texts in a document, each of a kind: what the schema says of it and how it is read are in one place.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};

use jsonc_parser::ast::Value as Node;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::finding::Findings;
use super::place::Place;
use super::reader::{Read, mistaken};
use super::shown::shown_value;

/// A kind of text.
pub trait TextKind {
    /// What it is read into.
    type Value: Clone + fmt::Debug + Eq + Hash;

    /// What is expected, for messages: `a SHA-256 thumbprint (64 hexadecimal digits)`.
    const EXPECTED: &'static str;

    /// The regular expression (ECMA-262) of the texts that can be read, for editors. A text that it matches may still be refused
    /// for what no regular expression says.
    const PATTERN: &'static str;

    /// The registered format (JSON Schema, section 7.3), if there is one.
    const FORMAT: Option<&'static str> = None;

    /// Examples, for editors.
    const EXAMPLES: &'static [&'static str];

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// What was found in its place.
    fn read(text: &str) -> Result<Self::Value, Mistake>;
}

/// Why a text is not of its kind. It contains nothing that can be a secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Mistake {
    /// The text itself is what was found.
    Text,
    /// What was found in it, for "found …".
    Found(String),
    /// A whole sentence: what was expected, and what was found.
    Sentence(String),
}

impl Mistake {
    /// The whole sentence.
    pub(super) fn sentence(self, expected: &str, text: &str) -> String {
        match self {
            Self::Text => format!("expected {expected}, found {}", shown_value(text)),
            Self::Found(found) => format!("expected {expected}, found {found}"),
            Self::Sentence(sentence) => sentence,
        }
    }
}

/// A text of the kind `K`, and where the document has it.
pub struct Text<K: TextKind> {
    /// What it was read into.
    pub value: K::Value,
    /// Where it is.
    pub place: Place,
}

impl<K: TextKind> Read for Text<K> {
    fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let Some(literal) = node.as_string_lit() else {
            return mistaken(node, K::EXPECTED, findings);
        };
        match K::read(&literal.value) {
            Ok(value) => Some(Self {
                value,
                place: Place::of(node),
            }),
            Err(mistake) => {
                let sentence = mistake.sentence(K::EXPECTED, &literal.value);
                findings.add(Place::of(node), format!("{sentence}; correct it"));
                None
            }
        }
    }
}

impl<K: TextKind> JsonSchema for Text<K> {
    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Text")
    }

    /// So that each field has its own description.
    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut schema =
            json_schema!({ "type": "string", "pattern": K::PATTERN, "examples": K::EXAMPLES });
        if let Some(format) = K::FORMAT {
            schema.insert("format".to_owned(), format.into());
        }
        schema
    }
}

impl<K: TextKind> Clone for Text<K> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            place: self.place,
        }
    }
}

/// Two texts are equal if they say the same, wherever they are.
impl<K: TextKind> PartialEq for Text<K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<K: TextKind> Eq for Text<K> {}

impl<K: TextKind> Hash for Text<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<K: TextKind> fmt::Debug for Text<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
