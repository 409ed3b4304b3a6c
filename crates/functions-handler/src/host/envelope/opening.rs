//! What the decision needs of an envelope, found while it arrives.
//!
//! The host writes the trigger before all other inputs (`WorkerFunctionInvoker.cs`), in it `Method` and `Headers` before
//! `Body` (`HttpRequestExtensions.cs`), and `Data` before `Metadata`. So the decision can be made, and a refused caller's
//! body dropped, before that body has arrived.

#[cfg(test)]
mod tests;

use crate::host::contract;

use super::early::EarlyRequest;
use super::error::EnvelopeError;
use super::headers::Headers;
use super::part::Part;
use super::room::Room;
use super::structure::{Event, Kind, Structure};

/// The most bytes of one character in JSON: a byte as `\u0000`.
const ESCAPED_BYTES: usize = 6;

/// The most bytes of the text of `Headers`: all that Kestrel lets through, escaped, and the punctuation around it.
const MAX_HEADERS_TEXT: usize =
    ESCAPED_BYTES * contract::REQUEST_HEADER_BYTES + 16 * contract::REQUEST_HEADERS;

/// The most values in `Headers`: one object, and for each of Kestrel's lines an array and a text.
const MAX_HEADER_VALUES: usize = 1 + 2 * contract::REQUEST_HEADERS;

/// The most bytes of the text of `Method`: what Kestrel lets through, escaped.
const MAX_METHOD_TEXT: usize = ESCAPED_BYTES * contract::REQUEST_LINE_BYTES;

/// The most bytes of a name that is looked for, escaped: a binding has as many characters as a function.
const MAX_NAME_TEXT: usize = ESCAPED_BYTES * contract::FUNCTION_NAME_LENGTH;

/// The search for an [`EarlyRequest`] in an envelope that arrives.
///
/// It takes no memory of its own, whatever arrives, and looks at each byte once. What no request can have that the host
/// has let through is refused as soon as it shows.
#[derive(Debug)]
pub struct Opening {
    binding: String,
    structure: Structure,
    /// How many objects deep the search is: in the envelope, in `Data`, in the request.
    path: u32,
    /// The member at that depth whose value is next or under way.
    member: Member,
    seen_data: bool,
    seen_request: bool,
    method: Part,
    headers: Part,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Member {
    Data,
    Request,
    Method,
    Headers,
    Other,
}

impl Opening {
    /// The search for the request under the binding of this name, spelt as in `function.json`.
    pub fn new(binding: &str) -> Self {
        Self {
            binding: binding.to_owned(),
            structure: Structure::default(),
            path: 0,
            member: Member::Other,
            seen_data: false,
            seen_request: false,
            method: Part::default(),
            headers: Part::default(),
        }
    }

    /// Looks at what has arrived since the last time, but no further than both parts. `text` is all of it. True once both
    /// are there.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: what can no longer become an envelope.
    pub fn look(&mut self, text: &[u8]) -> Result<bool, EnvelopeError> {
        while !self.is_found() {
            let event = self.structure.next(text)?;
            self.bounded()?;
            match event {
                Some(event) => self.on(event, text)?,
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Looks at all that has arrived.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: as [`Opening::look`].
    pub fn look_on(&mut self, text: &[u8]) -> Result<(), EnvelopeError> {
        while let Some(event) = self.structure.next(text)? {
            self.bounded()?;
            self.on(event, text)?;
        }
        self.bounded()
    }

    /// Reads what was found, out of the same text. A part that the whole envelope does not have reads as the host's reader
    /// takes it: POST, and no headers.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: another form than the host's, or no room.
    pub fn read(&self, text: &[u8], room: &mut impl Room) -> Result<EarlyRequest, EnvelopeError> {
        if !self.is_found() {
            self.whole(text)?;
        }
        EarlyRequest::read(self.method.text(text), self.headers.text(text), room)
    }

    /// Whether `text`, which ends here, is an envelope with a request in it.
    fn whole(&self, text: &[u8]) -> Result<(), EnvelopeError> {
        if !self.structure.is_whole() {
            return Err(EnvelopeError::json(text, text.len()));
        }
        if !self.seen_data {
            return Err(EnvelopeError::missing("Data".to_owned()));
        }
        if !self.seen_request {
            return Err(EnvelopeError::missing(format!("Data.{}", self.binding)));
        }
        Ok(())
    }

    fn is_found(&self) -> bool {
        self.method.is_whole() && self.headers.is_whole()
    }

    /// Refuses a part that is longer than any that the host writes.
    fn bounded(&self) -> Result<(), EnvelopeError> {
        let (seen, values) = (self.structure.seen(), self.structure.counts().values);
        if self.method.length(seen) > MAX_METHOD_TEXT {
            return Err(EnvelopeError::TooMuch {
                expected: format!("at most {} bytes of Method", contract::REQUEST_LINE_BYTES),
            });
        }
        if self.headers.length(seen) > MAX_HEADERS_TEXT
            || self.headers.values(values) > MAX_HEADER_VALUES
        {
            return Err(Headers::too_many());
        }
        Ok(())
    }

    fn on(&mut self, event: Event, text: &[u8]) -> Result<(), EnvelopeError> {
        match event {
            Event::Name { text: name, depth } if depth == self.path => {
                self.member = self.named(text.get(name).unwrap_or_default());
            }
            Event::Begin { kind, start, depth } if depth == self.path => {
                self.begin(kind, start)?;
            }
            Event::End { end, depth } if depth == self.path => self.end(end),
            // The object of the path that ends is the innermost.
            Event::End { depth, .. } if depth + 1 == self.path => {
                self.path = depth;
                self.member = Member::Other;
            }
            Event::Name { .. } | Event::Begin { .. } | Event::End { .. } => {}
        }
        Ok(())
    }

    fn named(&self, name: &[u8]) -> Member {
        let name = unescaped(name).unwrap_or_default();
        match (self.path, name.as_str()) {
            (1, "Data") => Member::Data,
            (2, name) if name == self.binding => Member::Request,
            (3, "Method") => Member::Method,
            (3, "Headers") => Member::Headers,
            _ => Member::Other,
        }
    }

    fn begin(&mut self, kind: Kind, start: usize) -> Result<(), EnvelopeError> {
        let values_before = self.structure.counts().values - 1;
        match self.member {
            _ if self.path == 0 => {
                self.path = 1;
                object("envelope", kind)
            }
            Member::Data => {
                self.path = 2;
                once("Data", &mut self.seen_data)?;
                object("Data", kind)
            }
            Member::Request => {
                self.path = 3;
                once(&self.binding, &mut self.seen_request)?;
                object(&self.binding, kind)
            }
            Member::Method => self.method.begin("Method", start, values_before),
            Member::Headers => self.headers.begin("Headers", start, values_before),
            Member::Other => Ok(()),
        }
    }

    fn end(&mut self, end: usize) {
        match self.member {
            Member::Method => self.method.end(end),
            Member::Headers => self.headers.end(end),
            Member::Data | Member::Request | Member::Other => {}
        }
        self.member = Member::Other;
    }
}

/// A name with its escapes undone, unless it is longer than any that is looked for.
fn unescaped(name: &[u8]) -> Option<String> {
    if name.len() > MAX_NAME_TEXT {
        return None;
    }
    let quoted = [b"\"", name, b"\""].concat();
    serde_json::from_slice(&quoted).ok()
}

fn once(what: &str, seen: &mut bool) -> Result<(), EnvelopeError> {
    match std::mem::replace(seen, true) {
        true => Err(EnvelopeError::repeated(what)),
        false => Ok(()),
    }
}

fn object(what: &str, kind: Kind) -> Result<(), EnvelopeError> {
    match kind {
        Kind::Object => Ok(()),
        Kind::Array | Kind::Text | Kind::Null | Kind::Other => {
            Err(EnvelopeError::kind(what, "an object"))
        }
    }
}
