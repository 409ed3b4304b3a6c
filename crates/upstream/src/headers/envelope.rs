//! The same for a request inside a JSON envelope: its headers are made those that the upstream gets.
//!
//! Only what must change is read and written anew: the headers in `Data.<trigger>` and in `Metadata`. Every other member stays
//! as it came, byte for byte. Names of members count without case, and twice if they are there twice, since one reader takes the
//! first, another the last, and .NET and Go know no case.

mod members;

use std::error::Error;
use std::fmt;

use http::{HeaderName, HeaderValue};

use self::members::{Member, members};
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
    added: &[(&'static Field, HeaderValue)],
) -> Result<Vec<u8>, EnvelopeError> {
    let text = std::str::from_utf8(envelope).map_err(|_| EnvelopeError::NotJson)?;
    let room: usize = added.iter().map(|(_, value)| value.len() + 64).sum();
    let mut writer = Writer {
        out: String::with_capacity(text.len() + 2 * room),
        trigger: folded(trigger),
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

struct Writer<'a> {
    out: String,
    trigger: String,
    removal: Removal,
    added: &'a [(&'static Field, HeaderValue)],
    /// How many requests of the trigger have been written.
    requests: usize,
}

impl Writer<'_> {
    fn envelope(&mut self, text: &str) -> Result<(), EnvelopeError> {
        self.object(text, |writer, member| match folded(&member.name).as_str() {
            "data" => writer.data(member.value),
            "metadata" => writer.metadata(member.value),
            _ => writer.verbatim(member.value),
        })
    }

    fn data(&mut self, text: &str) -> Result<(), EnvelopeError> {
        self.object(text, |writer, member| {
            match folded(&member.name) == writer.trigger {
                true => writer.request(member.value),
                false => writer.verbatim(member.value),
            }
        })
    }

    /// A request of the trigger, which has headers afterwards whether or not it had any.
    fn request(&mut self, text: &str) -> Result<(), EnvelopeError> {
        let parts = members(text).ok_or(EnvelopeError::NoRequest)?;
        let mut has_headers = false;
        self.out.push('{');
        for member in &parts {
            self.key(member.key);
            match folded(&member.name) == "headers" {
                true => {
                    has_headers = true;
                    self.headers(member.value, Values::Array);
                }
                false => self.out.push_str(member.value),
            }
        }
        if !has_headers {
            self.key("\"Headers\"");
            self.headers("{}", Values::Array);
        }
        self.out.push('}');
        self.requests += 1;
        Ok(())
    }

    /// The metadata. A caller whose body is a JSON object puts its members there: their `Headers` replaces the host's, which is
    /// then called `$Headers`.
    fn metadata(&mut self, text: &str) -> Result<(), EnvelopeError> {
        if members(text).is_none() {
            return self.verbatim(text);
        }
        self.object(text, |writer, member| {
            match folded(member.name.trim_start_matches('$')) == "headers" {
                true => writer.headers(member.value, Values::Text),
                false => writer.out.push_str(member.value),
            }
            Ok(())
        })
    }

    /// Headers without what is removed, and with what is added. What is no object has no headers to keep.
    fn headers(&mut self, text: &str, values: Values) {
        self.out.push('{');
        for member in members(text).unwrap_or_default() {
            let is_name = HeaderName::from_bytes(member.name.as_bytes()).is_ok();
            if is_name && !self.removal.removes(&member.name) {
                self.key(member.key);
                self.out.push_str(member.value);
            }
        }
        for (field, value) in self.added {
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
    }

    /// An object whose members are written by a function, after their names.
    fn object(
        &mut self,
        text: &str,
        write: impl Fn(&mut Self, &Member<'_>) -> Result<(), EnvelopeError>,
    ) -> Result<(), EnvelopeError> {
        self.out.push('{');
        for member in members(text).ok_or(EnvelopeError::NotJson)? {
            self.key(member.key);
            write(self, &member)?;
        }
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

/// A name as readers without case compare it; Go's takes the long s and the sign of the kelvin for letters.
fn folded(name: &str) -> String {
    name.to_uppercase().to_lowercase()
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
