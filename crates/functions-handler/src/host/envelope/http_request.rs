//! The HTTP request inside an envelope.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::EnvelopeError;
use super::headers::Headers;
use super::members::Members;
use super::room::{NoRoom, Room};
use super::tree::Tree;

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

impl HttpRequest {
    pub(super) fn new(
        mut members: Members,
        inputs: Map<String, Value>,
        room: &mut impl Room,
    ) -> Result<Self, EnvelopeError> {
        let mut text = |name| match members.take(name)? {
            Some(tree) => tree.optional_text(name),
            None => Ok(None),
        };
        let (url, method) = (text("Url")?, text("Method")?);
        let body = members.take("Body")?.and_then(body_text);
        let mut list = |name| members.take(name).map(|tree| tree.unwrap_or(Tree::Null));
        let (query, headers, params) = (list("Query")?, list("Headers")?, list("Params")?);
        Ok(Self {
            url: url.unwrap_or_default(),
            method: method.unwrap_or_else(|| "POST".to_owned()),
            query: texts("Query", unwrapped(query, room)?)?,
            headers: Headers::new(headers)?,
            params: texts("Params", params)?,
            inputs,
            body,
        })
    }

    /// Takes out the bytes of the body; none where it was empty or of unknown length.
    ///
    /// The host writes `application/octet-stream` and `multipart/…` as base64 and everything else as text; a body that
    /// says so and is not base64 is taken as the text that it is.
    ///
    /// # Errors
    ///
    /// [`NoRoom`] for the bytes beside their base64.
    pub fn take_body(&mut self, room: &mut impl Room) -> Result<Option<Vec<u8>>, NoRoom> {
        let Some(text) = self.body.take() else {
            return Ok(None);
        };
        if !self.is_binary() {
            return Ok(Some(text.into_bytes()));
        }
        room.take(text.len())?;
        let decoded = STANDARD.decode(&text).ok();
        Ok(Some(decoded.unwrap_or_else(|| text.into_bytes())))
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

/// The host writes a text; what it might parse one day is text again.
fn body_text(tree: Tree) -> Option<String> {
    match tree {
        Tree::Null => None,
        Tree::Text(text) => Some(text),
        other => Some(other.into_value().to_string()),
    }
}

/// The object behind the old form of `Query`, which is a text with JSON in it.
fn unwrapped(tree: Tree, room: &mut impl Room) -> Result<Tree, NoRoom> {
    match tree {
        Tree::Text(text) if text.trim().is_empty() => Ok(Tree::Null),
        Tree::Text(text) => Tree::behind(text, room),
        other => Ok(other),
    }
}

fn texts(what: &str, tree: Tree) -> Result<Vec<(String, String)>, EnvelopeError> {
    let mut texts = Vec::new();
    for (name, tree) in Members::optional(what, tree)?.into_pairs() {
        match tree {
            Tree::Null => {}
            Tree::Text(text) => texts.push((name, text)),
            Tree::Bool(_) | Tree::Number(_) => texts.push((name, tree.into_value().to_string())),
            Tree::List(_) | Tree::Members(_) => {
                return Err(EnvelopeError::kind(what, "an object of texts"));
            }
        }
    }
    Ok(texts)
}
