//! The structure of a JSON text, found while it arrives, in constant space.

#[cfg(test)]
mod tests;

use std::ops::Range;

use super::counts::Counts;
use super::error::EnvelopeError;

/// How deep arrays and objects may be nested: what serde_json reads.
const MAX_DEPTH: u32 = 127;

/// Where a value begins or ends, or a name is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Event {
    /// The name of a member, without its quotation marks.
    Name { text: Range<usize>, depth: u32 },
    /// A value begins.
    Begin {
        kind: Kind,
        start: usize,
        depth: u32,
    },
    /// A value has ended.
    End { end: usize, depth: u32 },
}

/// What a value is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Object,
    Array,
    Text,
    Null,
    Other,
}

/// The structure of a text.
///
/// It takes no more memory however long the text is, and looks at each byte once. A number is taken for any run of the
/// characters of numbers: who reads the value itself finds out whether it is one.
#[derive(Debug, Default)]
pub(super) struct Structure {
    /// The next byte to look at.
    at: usize,
    expected: Expected,
    /// The arrays and objects around it; a bit is set for an object.
    containers: u128,
    depth: u32,
    /// Where the text or name under way begins, after its quotation mark.
    start: usize,
    /// Whether a backslash has just been read.
    escaping: bool,
    /// Whether the text under way has had one.
    escaped: bool,
    counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Expected {
    #[default]
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    CommaOrEnd,
    RestOfName,
    RestOfText,
    RestOfWord,
    Nothing,
}

impl Structure {
    /// The next event, or `None` where the text so far ends. `text` is all of it, from its beginning.
    pub(super) fn next(&mut self, text: &[u8]) -> Result<Option<Event>, EnvelopeError> {
        while let Some(byte) = text.get(self.at).copied() {
            let event = match self.expected {
                Expected::RestOfName | Expected::RestOfText => self.rest_of_text(text),
                Expected::RestOfWord if is_of_word(byte) => self.pass(),
                Expected::RestOfWord => Some(self.ended()),
                _ if b" \t\r\n".contains(&byte) => self.pass(),
                _ => self
                    .token(byte)
                    .map_err(|()| EnvelopeError::json(text, self.at))?,
            };
            if event.is_some() {
                return Ok(event);
            }
        }
        Ok(None)
    }

    /// Whether the text that has been looked at is whole.
    pub(super) fn is_whole(&self) -> bool {
        self.expected == Expected::Nothing
            || (self.expected == Expected::RestOfWord && self.depth == 0)
    }

    /// How many bytes have been looked at.
    pub(super) fn seen(&self) -> usize {
        self.at
    }

    /// What there has been.
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Counts as if there had been no more than this so far.
    pub(super) fn count_as(&mut self, counts: Counts) {
        self.counts = counts;
    }

    fn pass(&mut self) -> Option<Event> {
        self.at += 1;
        None
    }

    fn token(&mut self, byte: u8) -> Result<Option<Event>, ()> {
        use Expected::{Colon, CommaOrEnd, Name, NameOrEnd, Value, ValueOrEnd};
        let in_object = self.containers & 1 == 1 && self.depth > 0;
        match (self.expected, byte) {
            (Value | ValueOrEnd, b'{') => self.open(Kind::Object),
            (Value | ValueOrEnd, b'[') => self.open(Kind::Array),
            (Value | ValueOrEnd, b'"') => Ok(Some(self.begin(Kind::Text, Expected::RestOfText))),
            (Value | ValueOrEnd, b'n') => Ok(Some(self.begin(Kind::Null, Expected::RestOfWord))),
            (Value | ValueOrEnd, b'-' | b't' | b'f' | b'0'..=b'9') => {
                Ok(Some(self.begin(Kind::Other, Expected::RestOfWord)))
            }
            (Name | NameOrEnd, b'"') => {
                self.start = self.at + 1;
                self.counts.members += 1;
                Ok(self.then(Expected::RestOfName))
            }
            (Colon, b':') => Ok(self.then(Value)),
            (CommaOrEnd, b',') => Ok(self.then(if in_object { Name } else { Value })),
            (NameOrEnd, b'}') => Ok(Some(self.close())),
            (ValueOrEnd, b']') => Ok(Some(self.close())),
            (CommaOrEnd, b'}') if in_object => Ok(Some(self.close())),
            (CommaOrEnd, b']') if !in_object => Ok(Some(self.close())),
            _ => Err(()),
        }
    }

    fn then(&mut self, expected: Expected) -> Option<Event> {
        self.expected = expected;
        self.pass()
    }

    fn begin(&mut self, kind: Kind, rest: Expected) -> Event {
        let (start, depth) = (self.at, self.depth);
        self.counts.values += 1;
        self.then(rest);
        self.start = self.at;
        Event::Begin { kind, start, depth }
    }

    fn open(&mut self, kind: Kind) -> Result<Option<Event>, ()> {
        if self.depth == MAX_DEPTH {
            return Err(());
        }
        let (bit, rest) = match kind {
            Kind::Object => (1, Expected::NameOrEnd),
            _ => (0, Expected::ValueOrEnd),
        };
        let event = self.begin(kind, rest);
        self.containers = self.containers << 1 | bit;
        self.depth += 1;
        Ok(Some(event))
    }

    fn close(&mut self) -> Event {
        self.containers >>= 1;
        self.depth -= 1;
        self.at += 1;
        self.ended()
    }

    fn ended(&mut self) -> Event {
        self.expected = match self.depth {
            0 => Expected::Nothing,
            _ => Expected::CommaOrEnd,
        };
        Event::End {
            end: self.at,
            depth: self.depth,
        }
    }

    /// Goes on to the quotation mark that ends a text or name.
    fn rest_of_text(&mut self, text: &[u8]) -> Option<Event> {
        for byte in text.get(self.at..)? {
            self.at += 1;
            match byte {
                _ if self.escaping => self.escaping = false,
                b'\\' => (self.escaping, self.escaped) = (true, true),
                b'"' => return Some(self.text_ended(self.start..self.at - 1)),
                _ => {}
            }
        }
        None
    }

    fn text_ended(&mut self, found: Range<usize>) -> Event {
        self.counts.texts += found.len();
        if std::mem::take(&mut self.escaped) {
            self.counts.longest_escaped = self.counts.longest_escaped.max(found.len());
        }
        if self.expected == Expected::RestOfName {
            self.expected = Expected::Colon;
            return Event::Name {
                text: found,
                depth: self.depth,
            };
        }
        self.ended()
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}
