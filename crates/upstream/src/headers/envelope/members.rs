//! The members of a JSON object, in their order and all of them, each with its text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer as _, Error as _, MapAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::EnvelopeError;

/// One member of an object.
pub(super) struct Member<'a> {
    /// Its name, decoded.
    pub(super) name: Cow<'a, str>,
    /// Its name as it is written, with quotes.
    pub(super) key: &'a str,
    /// Its value as it is written.
    pub(super) value: &'a str,
}

/// Hands over each member of a text that is an object. None is kept, and how deep the values are makes no difference: both would let
/// a caller decide how much memory it takes.
///
/// # Errors
///
/// Text that is no object, and the first error of what the members are handed to.
pub(super) fn each_member<'a>(
    text: &'a str,
    take: impl FnMut(&Member<'a>) -> Result<(), EnvelopeError>,
) -> Result<(), EnvelopeError> {
    let mut failed = None;
    let visitor = EachMember {
        take,
        failed: &mut failed,
    };
    let mut reader = Deserializer::from_str(text);
    let read = reader.deserialize_map(visitor).and_then(|()| reader.end());
    match failed {
        Some(error) => Err(error),
        None => read.map_err(|_| EnvelopeError::NotJson),
    }
}

struct EachMember<'f, F> {
    take: F,
    failed: &'f mut Option<EnvelopeError>,
}

impl<'de, F> Visitor<'de> for EachMember<'_, F>
where
    F: FnMut(&Member<'de>) -> Result<(), EnvelopeError>,
{
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            let member = Member {
                name: decoded(key.get()).map_err(A::Error::custom)?,
                key: key.get(),
                value: value.get(),
            };
            (self.take)(&member).map_err(|error| {
                *self.failed = Some(error);
                A::Error::custom(error)
            })?;
        }
        Ok(())
    }
}

/// A JSON text, which is as it is written unless it has an escape.
fn decoded(text: &str) -> serde_json::Result<Cow<'_, str>> {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    match inner.filter(|inner| !inner.contains('\\')) {
        Some(inner) => Ok(Cow::Borrowed(inner)),
        None => serde_json::from_str(text).map(Cow::Owned),
    }
}
