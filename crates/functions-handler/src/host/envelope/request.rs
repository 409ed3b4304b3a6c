//! What the host sends.

#[cfg(test)]
mod tests;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::tree::Tree;

/// The envelope of one invocation, as it came.
///
/// Read strictly where a decision hangs on it: members that appear twice are refused, headers that do are counted.
/// Members that the host may add are passed over.
#[derive(Debug)]
pub struct Envelope {
    data: Vec<(String, Tree)>,
    metadata: Map<String, Value>,
}

/// The HTTP request inside an envelope. Everything in it is the caller's text.
#[derive(Debug)]
#[non_exhaustive]
pub struct HttpRequest {
    /// The URL: an unescaped path, and the query as the caller wrote it.
    pub url: String,
    /// The method.
    pub method: String,
    /// The query, one value a key; the host joins repeated ones by commas.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: Headers,
    /// The values of the route's parameters; parameters without a value are left out.
    pub params: Vec<(String, String)>,
    /// The values of the other input bindings.
    pub inputs: Map<String, Value>,
    body: Option<String>,
}

/// What started a function that no HTTP request starts.
#[derive(Debug)]
#[non_exhaustive]
pub struct Triggering {
    /// The value of the trigger's binding.
    pub data: Value,
    /// The values of the other input bindings.
    pub inputs: Map<String, Value>,
    /// What the host knows besides.
    pub metadata: Map<String, Value>,
}

impl Envelope {
    /// Reads the text of an envelope for a function without a caller. Values that the host encoded twice are decoded.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: no JSON, or not of the host's form.
    pub fn parse(text: &[u8]) -> Result<Self, EnvelopeError> {
        Self::read(text, None)
    }

    /// Reads the text of an envelope with a request in it.
    ///
    /// Metadata is passed over: all of it stands in the request as well, and it is where the host puts a JSON body apart,
    /// which nobody should be made to hold before the caller is admitted.
    ///
    /// # Errors
    ///
    /// As [`Envelope::parse`].
    pub fn parse_request(text: &[u8]) -> Result<Self, EnvelopeError> {
        Self::read(text, Some("Metadata"))
    }

    fn read(text: &[u8], skip: Option<&'static str>) -> Result<Self, EnvelopeError> {
        let root = Tree::read(text, skip).map_err(|error| EnvelopeError::Json {
            line: error.line(),
            column: error.column(),
        })?;
        let mut members = Members::new("envelope", root)?;
        let data = members.take("Data")?.ok_or(EnvelopeError::Missing {
            what: "Data".to_owned(),
        })?;
        let metadata = members.take("Metadata")?.unwrap_or(Tree::Null);
        Ok(Self {
            data: Members::new("Data", data)?.0,
            metadata: decoded(Members::optional("Metadata", metadata)?.0),
        })
    }

    /// The request that started the function, from the binding of this name, spelt as in `function.json`.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: the binding is missing, appears twice, or is no request.
    pub fn into_http(self, trigger: &str) -> Result<HttpRequest, EnvelopeError> {
        let (request, inputs) = split(self.data, trigger)?;
        let mut members = Members::new(trigger, request)?;
        let mut text = |key| members.take(key).and_then(|tree| optional_text(key, tree));
        let (url, method) = (text("Url")?, text("Method")?);
        let body = members.take("Body")?.and_then(body_text);
        let mut list = |key| members.take(key).map(|tree| tree.unwrap_or(Tree::Null));
        let (query, headers, params) = (list("Query")?, list("Headers")?, list("Params")?);
        Ok(HttpRequest {
            url: url.unwrap_or_default(),
            method: method.unwrap_or_else(|| "POST".to_owned()),
            query: texts("Query", unwrapped(query))?,
            headers: Headers::new(headers)?,
            params: texts("Params", params)?,
            inputs,
            body,
        })
    }

    /// What started a function without a caller, from the binding of this name.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError`]: the binding is missing or appears twice.
    pub fn into_triggering(self, trigger: &str) -> Result<Triggering, EnvelopeError> {
        let (data, inputs) = split(self.data, trigger)?;
        Ok(Triggering {
            data: data.decoded(),
            inputs,
            metadata: self.metadata,
        })
    }
}

/// The headers inside an envelope, in its spelling. A name may appear in several spellings, or twice.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Headers(Vec<(String, Vec<String>)>);

impl Headers {
    /// Every value of a header, its name in any case, over all spellings and repetitions of the name.
    ///
    /// A name without a value counts as one with an empty value, so that no repetition goes unnoticed.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let spellings = self
            .0
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        spellings.flat_map(|(_, values)| {
            let empty = values.is_empty().then_some("");
            values.iter().map(String::as_str).chain(empty)
        })
    }

    /// Names and values as they are.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    pub(super) fn new(tree: Tree) -> Result<Self, EnvelopeError> {
        let mut headers = Vec::new();
        for (name, tree) in Members::optional("Headers", tree)?.0 {
            let values = match tree {
                Tree::List(list) => list.into_iter().map(header_value).collect::<Result<_, _>>(),
                one => header_value(one).map(|value| vec![value]),
            };
            headers.push((name, values?));
        }
        Ok(Self(headers))
    }
}

impl HttpRequest {
    /// Takes out the bytes of the body; none where it was empty or of unknown length.
    ///
    /// The host writes `application/octet-stream` and `multipart/…` as base64 and everything else as text; a body that
    /// says so and is no base64 is taken as the text that it is.
    pub fn take_body(&mut self) -> Option<Vec<u8>> {
        let text = self.body.take()?;
        let decoded = self
            .is_binary()
            .then(|| STANDARD.decode(&text).ok())
            .flatten();
        Some(decoded.unwrap_or_else(|| text.into_bytes()))
    }

    fn is_binary(&self) -> bool {
        let kind = self
            .headers
            .values("Content-Type")
            .next()
            .unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        essence == "application/octet-stream" || essence.starts_with("multipart/")
    }
}

/// Why a text is no envelope for a function. Nothing in it is a value of the caller.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// No JSON, or nested too deep.
    Json {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// A member that the host always writes.
    Missing {
        /// Which.
        what: String,
    },
    /// A member twice, of which two readers could take different ones.
    Repeated {
        /// Which.
        what: String,
    },
    /// A member of another kind.
    Kind {
        /// Which.
        what: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json { line, column } => {
                write!(f, "expected JSON, found a mistake at {line}:{column}")
            }
            Self::Missing { what } => write!(f, "expected {what}, found no such member"),
            Self::Repeated { what } => write!(f, "expected {what} once, found it again"),
            Self::Kind { what, expected } => write!(f, "expected {what} to be {expected}"),
        }
    }
}

impl std::error::Error for EnvelopeError {}

/// The members of an object of the host, each of which must stand there once.
struct Members(Vec<(String, Tree)>);

impl Members {
    fn new(what: &str, tree: Tree) -> Result<Self, EnvelopeError> {
        match tree {
            Tree::Members(members) => Ok(Self(members)),
            _ => Err(wrong(what, "an object")),
        }
    }

    fn optional(what: &str, tree: Tree) -> Result<Self, EnvelopeError> {
        match tree {
            Tree::Null => Ok(Self(Vec::new())),
            other => Self::new(what, other),
        }
    }

    fn take(&mut self, key: &str) -> Result<Option<Tree>, EnvelopeError> {
        let Some(place) = self.0.iter().position(|(known, _)| known == key) else {
            return Ok(None);
        };
        let (_, tree) = self.0.remove(place);
        if self.0.iter().any(|(known, _)| known == key) {
            return Err(EnvelopeError::Repeated {
                what: key.to_owned(),
            });
        }
        Ok(Some(tree))
    }
}

/// The value of one binding, and those of the others.
fn split(
    data: Vec<(String, Tree)>,
    binding: &str,
) -> Result<(Tree, Map<String, Value>), EnvelopeError> {
    let mut members = Members(data);
    let value = members
        .take(binding)?
        .ok_or_else(|| EnvelopeError::Missing {
            what: format!("Data.{binding}"),
        })?;
    Ok((value, decoded(members.0)))
}

fn decoded(members: Vec<(String, Tree)>) -> Map<String, Value> {
    let members = members.into_iter().map(|(key, tree)| (key, tree.decoded()));
    members.collect()
}

fn optional_text(what: &str, tree: Option<Tree>) -> Result<Option<String>, EnvelopeError> {
    match tree {
        None | Some(Tree::Null) => Ok(None),
        Some(Tree::Text(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(what, "a text")),
    }
}

/// The host writes a text; what it might parse one day is text again.
fn body_text(tree: Tree) -> Option<String> {
    match tree {
        Tree::Null => None,
        Tree::Text(text) => Some(text),
        other => Some(other.into_value().to_string()),
    }
}

/// The object behind the old form of `Query`, which is a text with JSON in it.
fn unwrapped(tree: Tree) -> Tree {
    match tree {
        Tree::Text(text) if text.trim().is_empty() => Tree::Null,
        Tree::Text(text) => serde_json::from_str(&text).unwrap_or(Tree::Text(text)),
        other => other,
    }
}

fn texts(what: &str, tree: Tree) -> Result<Vec<(String, String)>, EnvelopeError> {
    let mut texts = Vec::new();
    for (key, tree) in Members::optional(what, tree)?.0 {
        match tree {
            Tree::Null => {}
            Tree::Text(text) => texts.push((key, text)),
            Tree::Bool(_) | Tree::Number(_) => texts.push((key, tree.into_value().to_string())),
            Tree::List(_) | Tree::Members(_) => return Err(wrong(what, "an object of texts")),
        }
    }
    Ok(texts)
}

fn header_value(tree: Tree) -> Result<String, EnvelopeError> {
    match tree {
        Tree::Text(text) => Ok(text),
        Tree::Null => Ok(String::new()),
        _ => Err(wrong("Headers", "an object of arrays of texts")),
    }
}

fn wrong(what: &str, expected: &'static str) -> EnvelopeError {
    EnvelopeError::Kind {
        what: what.to_owned(),
        expected,
    }
}
