//! What the decision needs of an envelope, from its beginning.
//!
//! The host writes a request's `Method` and `Headers` before its `Body`, and the request before `Metadata`. So the
//! decision can be made, and a refused caller's body dropped, before that body has arrived.

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use std::fmt;

use super::request::{EnvelopeError, Headers};

/// The method and the headers of the request inside an envelope. Everything in it is the caller's text.
#[derive(Debug)]
pub struct EarlyRequest {
    /// The method.
    pub method: String,
    /// The headers.
    pub headers: Headers,
}

impl EarlyRequest {
    /// Looks for both in the beginning of an envelope, under the binding of this name. `None`: not there yet.
    ///
    /// The first occurrence of a member counts. That it is the only one shows when the whole envelope is read
    /// ([`Envelope::parse_request`](super::Envelope::parse_request)).
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: what can no longer become an envelope.
    pub fn find(beginning: &[u8], binding: &str) -> Result<Option<Self>, EnvelopeError> {
        let mut found = Parts::default();
        let mut deserializer = serde_json::Deserializer::from_slice(beginning);
        let seed = Member {
            name: "Data",
            value: Member {
                name: binding,
                value: Request(&mut found),
            },
        };
        let result = seed.deserialize(&mut deserializer);
        if let Parts {
            method: Some(method),
            headers: Some(headers),
        } = found
        {
            let headers = Headers::new(headers)?;
            return Ok(Some(Self { method, headers }));
        }
        match result {
            Err(error) if !error.is_eof() => Err(EnvelopeError::Json {
                line: error.line(),
                column: error.column(),
            }),
            Ok(()) | Err(_) => Ok(None),
        }
    }
}

#[derive(Default)]
struct Parts {
    method: Option<String>,
    headers: Option<super::tree::Tree>,
}

/// An object, one member of which matters.
struct Member<'a, S> {
    name: &'a str,
    value: S,
}

impl<'de, S: DeserializeSeed<'de, Value = ()>> DeserializeSeed<'de> for Member<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: DeserializeSeed<'de, Value = ()>> Visitor<'de> for Member<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the member {}", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut seed = Some(self.value);
        while let Some(key) = entries.next_key::<String>()? {
            match seed.take_if(|_| key == self.name) {
                Some(seed) => entries.next_value_seed(seed)?,
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// The request, which is left as soon as both parts are there.
struct Request<'a>(&'a mut Parts);

impl<'de> DeserializeSeed<'de> for Request<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Request<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(key) = entries.next_key::<String>()? {
            match key.as_str() {
                "Method" if self.0.method.is_none() => self.0.method = Some(entries.next_value()?),
                "Headers" if self.0.headers.is_none() => {
                    self.0.headers = Some(entries.next_value()?);
                }
                _ => drop(entries.next_value::<IgnoredAny>()?),
            }
            if self.0.method.is_some() && self.0.headers.is_some() {
                return Err(A::Error::custom("both parts are there"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"{"Data": {"blob": "\"{\"", "req": {"Url": "https://a/", "Method": "POST", "Query": {},
        "Headers": {"X-A": ["1", "2"], "x-a": "3"}, "Params": {}, "Body": "…"}}, "Metadata": {}}"#;

    #[test]
    fn the_parts_are_found_as_soon_as_they_are_there() {
        let end = WHOLE.find(r#", "Params""#).unwrap();
        for length in 0..=WHOLE.len() {
            let found = EarlyRequest::find(&WHOLE.as_bytes()[..length], "req").unwrap();
            assert_eq!(found.is_some(), length >= end, "{length}");
            let Some(found) = found else { continue };
            let values: Vec<&str> = found.headers.values("X-A").collect();
            assert_eq!(
                (found.method.as_str(), values),
                ("POST", vec!["1", "2", "3"])
            );
        }
    }

    #[test]
    fn what_cannot_become_an_envelope_is_refused_at_once() {
        for text in [
            "[",
            "nul!",
            "{]",
            r#"{"Data": []"#,
            r#"{"Data": {"req": "x""#,
            r#"{"Data": {"req": {"Method": 1,"#,
            r#"{"Data": {"req": {"Method": "GET", "Headers": {"a": {}}}"#,
            &"[".repeat(300),
        ] {
            assert!(
                EarlyRequest::find(text.as_bytes(), "req").is_err(),
                "{text}"
            );
        }
        for text in ["", " ", "{", r#"{"Data": {"other": {}}}"#, "{}"] {
            assert!(
                EarlyRequest::find(text.as_bytes(), "req")
                    .unwrap()
                    .is_none()
            );
        }
    }
}
