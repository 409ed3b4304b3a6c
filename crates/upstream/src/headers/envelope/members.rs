//! The members of a JSON object, in their order and all of them, each with its text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// One member of an object.
pub(super) struct Member<'a> {
    /// Its name, decoded.
    pub(super) name: String,
    /// Its name as it is written, with quotes.
    pub(super) key: &'a str,
    /// Its value as it is written.
    pub(super) value: &'a str,
}

/// The members of a text that is an object; `None` if it is none. How deep its values are makes no difference.
pub(super) fn members(text: &str) -> Option<Vec<Member<'_>>> {
    let Members(members) = serde_json::from_str(text).ok()?;
    members
        .into_iter()
        .map(|(key, value)| {
            Some(Member {
                name: serde_json::from_str(key.get()).ok()?,
                key: key.get(),
                value: value.get(),
            })
        })
        .collect()
}

struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachMember)
    }
}

struct EachMember;

impl<'de> Visitor<'de> for EachMember {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}
