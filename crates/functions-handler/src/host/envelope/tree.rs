//! A JSON value that keeps what a map would hide: a name that appears twice.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::error::EnvelopeError;
use super::reading::take_room;
use super::room::{NoRoom, Room};

/// Any JSON value. Members keep their order, and their repetitions.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Tree>),
    Members(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads a text, for which room has been taken ([`take_room`]). The top member named `skip` is passed over.
    pub(super) fn read(text: &[u8], skip: Option<&'static str>) -> serde_json::Result<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let tree = Reader { skip }.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(tree)
    }

    /// The same value for implementations. Of a repeated name the last member counts.
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(value),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text),
            Self::List(list) => list.into_iter().map(Self::into_value).collect(),
            Self::Members(members) => {
                let members = members
                    .into_iter()
                    .map(|(key, tree)| (key, tree.into_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }

    /// The value behind the host's second encoding: it writes all but objects as JSON text in a JSON string.
    ///
    /// A text that is not JSON is the value itself.
    pub(super) fn decoded(self, room: &mut impl Room) -> Result<Value, NoRoom> {
        match self {
            Self::Text(text) => Self::behind(text, room).map(Self::into_value),
            other => Ok(other.into_value()),
        }
    }

    /// The value whose text this is, or the text itself if it is not JSON.
    pub(super) fn behind(text: String, room: &mut impl Room) -> Result<Self, NoRoom> {
        match take_room(text.as_bytes(), None, room) {
            Ok(()) => Ok(Self::read(text.as_bytes(), None).unwrap_or(Self::Text(text))),
            Err(EnvelopeError::NoRoom) => Err(NoRoom),
            Err(_) => Ok(Self::Text(text)),
        }
    }

    /// The text of a member that may be null.
    pub(super) fn optional_text(self, what: &str) -> Result<Option<String>, EnvelopeError> {
        match self {
            Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Members(_) => {
                Err(EnvelopeError::kind(what, "a text"))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader { skip: None }.deserialize(deserializer)
    }
}

struct Reader {
    skip: Option<&'static str>,
}

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Tree;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Number::from_f64(value).map_or(Tree::Null, Tree::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Tree, E> {
        Ok(Tree::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            if self.skip == Some(key.as_str()) {
                entries.next_value::<IgnoredAny>()?;
            } else {
                members.push((key, entries.next_value()?));
            }
        }
        Ok(Tree::Members(members))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::host::envelope::Allowance;

    const ROOM: Allowance = Allowance(1024 * 1024);

    fn tree(text: &str) -> Tree {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn repeated_names_are_kept() {
        let one = ("a".to_owned(), Tree::Number(1.into()));
        let two = ("a".to_owned(), Tree::Null);
        assert_eq!(
            tree(r#"{"a": 1, "a": null}"#),
            Tree::Members(vec![one, two])
        );
    }

    #[test]
    fn the_second_encoding_is_taken_off() {
        let table = [
            (r#""\"7\"""#, json!("7")),
            (r#""7""#, json!(7)),
            (r#""{\"a\": [1]}""#, json!({"a": [1]})),
            (r#""null""#, json!(null)),
            (r#""plain text""#, json!("plain text")),
            (r#""""#, json!("")),
            (
                r#"{"a": "\"7\"", "b": [true, -1, 1.5, null]}"#,
                json!({"a": "\"7\"", "b": [true, -1, 1.5, null]}),
            ),
        ];
        for (text, value) in table {
            assert_eq!(tree(text).decoded(&mut { ROOM }), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_skipped_is_gone_at_the_top_alone() {
        let text = br#"{"a": {"b": [{}], "a": 1}, "b": {"a": {"b": 2}}}"#;
        let tree = Tree::read(text, Some("b")).unwrap();
        assert_eq!(tree.into_value(), json!({"a": {"b": [{}], "a": 1}}));
        assert!(Tree::read(br#"{"b": }"#, Some("b")).is_err());
        assert!(Tree::read(br#"{} {}"#, None).is_err());
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(serde_json::from_str::<Tree>(&nested(64)).is_ok());
        assert!(serde_json::from_str::<Tree>(&nested(100_000)).is_err());
    }
}
