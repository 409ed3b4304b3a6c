//! The same for a request inside a JSON envelope: its headers are made those that the upstream gets.
//!
//! Only what must change is read and written anew: the headers in `Data.<trigger>` and in `Metadata`. Every other member stays
//! as it came, byte for byte. Names of members count without case, and twice if they are there twice, since one reader takes the
//! first, another the last, and .NET and Go know no case.

mod members;

use std::error::Error;
use std::fmt;

use http::{HeaderName, HeaderValue};

use self::members::{Member, each_member};
use super::field::Field;
use super::removed::Removal;

/// Why an envelope cannot be passed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EnvelopeError {
    /// It is no JSON object.
    NotJson,
    /// Its `Data` has no object by the name of the trigger.
    NoRequest,
}

/// An envelope in which the request of a trigger has our headers.
///
/// # Errors
///
/// Text that is no envelope with a request of that trigger.
pub(crate) fn rewrite(
    envelope: &[u8],
    trigger: &str,
    removal: Removal,
    added: Added<'_>,
) -> Result<Vec<u8>, EnvelopeError> {
    let text = std::str::from_utf8(envelope).map_err(|_| EnvelopeError::NotJson)?;
    let room: usize = added.iter().map(|(_, value)| value.len() + 64).sum();
    let mut writer = Writer {
        out: String::with_capacity(text.len() + 2 * room),
        trigger,
        removal,
        added,
        requests: 0,
    };
    writer.envelope(text)?;
    match writer.requests {
        0 => Err(EnvelopeError::NoRequest),
        _ => Ok(writer.out.into_bytes()),
    }
}

/// How a header's values are written.
#[derive(Clone, Copy)]
enum Values {
    /// As an array: in `Data`.
    Array,
    /// As a text: in `Metadata`.
    Text,
}

/// The headers that we add.
type Added<'a> = &'a [(&'static Field, HeaderValue)];

struct Writer<'a> {
    out: String,
    trigger: &'a str,
    removal: Removal,
    added: Added<'a>,
    /// How many requests of the trigger have been written.
    requests: usize,
}

impl<'a> Writer<'a> {
    fn envelope(&mut self, text: &str) -> Result<(), EnvelopeError> {
        self.object(text, |writer, member| {
            if is_one(&member.name, "data") {
                writer.data(member.value)
            } else if is_one(&member.name, "metadata") && is_object(member.value) {
                writer.metadata(member.value)
            } else {
                writer.verbatim(member.value)
            }
        })
    }

    fn data(&mut self, text: &str) -> Result<(), EnvelopeError> {
        self.object(text, |writer, member| {
            if !is_one(&member.name, writer.trigger) {
                writer.verbatim(member.value)
            } else if is_object(member.value) {
                writer.requests += 1;
                writer.request(member.value)
            } else {
                Err(EnvelopeError::NoRequest)
            }
        })
    }

    /// A request of the trigger, which has our headers afterwards whether or not it had any.
    fn request(&mut self, text: &str) -> Result<(), EnvelopeError> {
        let mut is_said = false;
        self.object(text, |writer, member| {
            if !is_one(&member.name, "headers") {
                return writer.verbatim(member.value);
            }
            let added = writer.added_once(member, &mut is_said);
            writer.headers(member.value, added, Values::Array)
        })?;
        if !is_said {
            self.out.pop();
            self.key("\"Headers\"");
            self.headers("{}", self.added, Values::Array)?;
            self.out.push('}');
        }
        Ok(())
    }

    /// The metadata. A caller whose body is a JSON object puts its members there: their `Headers` replaces the host's, which is
    /// then called `$Headers`.
    fn metadata(&mut self, text: &str) -> Result<(), EnvelopeError> {
        let mut is_said = false;
        self.object(text, |writer, member| {
            if !is_one(member.name.trim_start_matches('$'), "headers") {
                return writer.verbatim(member.value);
            }
            let added = writer.added_once(member, &mut is_said);
            writer.headers(member.value, added, Values::Text)
        })
    }

    /// What is added to the headers in this member: all of it to the first that has the host's spelling, nothing to any other, of which
    /// a caller can write as many as they like into the metadata.
    fn added_once(&self, member: &Member<'_>, is_said: &mut bool) -> Added<'a> {
        match member.name == "Headers" && !std::mem::replace(is_said, true) {
            true => self.added,
            false => &[],
        }
    }

    /// Headers without what is removed, and with what is added. What is no object has no headers to keep.
    fn headers(
        &mut self,
        text: &str,
        added: Added<'_>,
        values: Values,
    ) -> Result<(), EnvelopeError> {
        self.out.push('{');
        let text = if is_object(text) { text } else { "{}" };
        each_member(text, |member| {
            let is_name = HeaderName::from_bytes(member.name.as_bytes()).is_ok();
            if is_name && !self.removal.removes(&member.name) {
                self.key(member.key);
                self.out.push_str(member.value);
            }
            Ok(())
        })?;
        for (field, value) in added {
            // A value of ours is visible ASCII, so that it is a text, and writing a text does not fail.
            let value = value.to_str().unwrap_or_default();
            let value = serde_json::to_string(value).unwrap_or_default();
            self.key(&format!("\"{}\"", field.written));
            match values {
                Values::Array => self.out.push_str(&format!("[{value}]")),
                Values::Text => self.out.push_str(&value),
            }
        }
        self.out.push('}');
        Ok(())
    }

    /// An object whose members are written by a function, after their names.
    fn object(
        &mut self,
        text: &str,
        mut write: impl FnMut(&mut Self, &Member<'_>) -> Result<(), EnvelopeError>,
    ) -> Result<(), EnvelopeError> {
        self.out.push('{');
        each_member(text, |member| {
            self.key(member.key);
            write(self, member)
        })?;
        self.out.push('}');
        Ok(())
    }

    /// The name of a member, as it is in the text.
    fn key(&mut self, key: &str) {
        if !self.out.ends_with('{') {
            self.out.push(',');
        }
        self.out.push_str(key);
        self.out.push(':');
    }

    fn verbatim(&mut self, text: &str) -> Result<(), EnvelopeError> {
        self.out.push_str(text);
        Ok(())
    }
}

/// Whether a value, which is JSON, is an object.
fn is_object(value: &str) -> bool {
    value.trim_start().starts_with('{')
}

/// Whether two names are one to a reader without case; Go's takes the long s and the sign of the kelvin for letters.
fn is_one(name: &str, other: &str) -> bool {
    let folded = |name: &str| name.to_uppercase().to_lowercase();
    name.eq_ignore_ascii_case(other) || (!name.is_ascii() && folded(name) == folded(other))
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "expected an envelope, a JSON object with Data, found something else",
            Self::NoRequest => "expected the trigger's request in Data, found none",
        })
    }
}

impl Error for EnvelopeError {}

#[cfg(test)]
mod tests;
