//! The http output of an envelope, and the answer that the host makes of it (`HttpBinding.cs`, `RawScriptResult.cs`,
//! `HttpOutputBindingResponse.cs`).

use http::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};

use super::{Unusable, base64};
use crate::body::Body;
use crate::stand_in::kestrel::Answer;
use crate::stand_in::newtonsoft::{Token, compact, read, text};

/// What the host says where the handler names no type.
const TEXT: &str = "text/plain; charset=utf-8";

/// The status where the handler names none that is a number.
const OK: i64 = 200;

/// Status, headers and content, before they are an answer.
#[derive(Debug)]
pub(super) struct HttpOutput {
    status: i64,
    headers: Vec<(String, String)>,
    content: Content,
}

/// What is sent.
#[derive(Debug)]
pub(super) enum Content {
    /// Text, under the type that the handler names or as plain text.
    Text(String),
    /// Bytes without a type.
    Bytes(Vec<u8>),
}

impl HttpOutput {
    /// The output of a name: an object, or a string that holds one. Without it the answer is an empty object.
    ///
    /// A `status` is shadowed by the `StatusCode` of null that the host makes, so the caller gets 200.
    pub(super) fn bound(value: Option<&Token>) -> Result<Self, Unusable> {
        let Some(value) = value else {
            return Ok(Self::of_text("{}".to_owned()));
        };
        let held = match value {
            Token::String(json) => read(json).map_err(|_| Unusable)?,
            other => other.clone(),
        };
        held.members().ok_or(Unusable)?;
        let is_text = |name| held.member(name).is_none_or(Token::is_scalar);
        if !is_text("statusCode") || !is_text("status") {
            return Err(Unusable);
        }
        Ok(Self {
            status: number(held.member("statusCode")),
            headers: headers(held.member("headers"))?,
            content: Content::Text(held.member("body").map(text).unwrap_or_default()),
        })
    }

    /// The return value: a string is tried as base64, then as JSON; an object with `body` is an answer, any other value
    /// the content.
    pub(super) fn returned(value: &Token) -> Result<Self, Unusable> {
        let held = match value {
            Token::String(text) => match base64(text) {
                Some(bytes) => {
                    return Ok(Self {
                        content: Content::Bytes(bytes),
                        ..Self::of_text(String::new())
                    });
                }
                None => read(text).ok().filter(|held| held.members().is_some()),
            },
            _ => None,
        };
        let value = held.as_ref().unwrap_or(value);
        let Some(body) = value.member("body") else {
            return Ok(Self::of_text(text(value)));
        };
        let own = value
            .member("statusCode")
            .filter(|own| **own != Token::Null);
        Ok(Self {
            status: number(own.or_else(|| value.member("status"))),
            headers: headers(value.member("headers"))?,
            content: Content::Text(match body.is_scalar() {
                true => text(body),
                false => compact(body),
            }),
        })
    }

    fn of_text(text: String) -> Self {
        Self {
            status: OK,
            headers: Vec::new(),
            content: Content::Text(text),
        }
    }

    /// The answer: in chunks, but for one without content or with a length of the handler's own.
    pub(super) fn into_response(self) -> Result<Response<Body>, Unusable> {
        let mut answer = Answer::new(self.status, b"");
        for (name, value) in &self.headers {
            // A name that is there already is dropped.
            if !answer.headers.contains_key(name.as_str()) {
                let value = match name.eq_ignore_ascii_case(CONTENT_TYPE.as_str()) {
                    true => typed(value),
                    false => value.clone(),
                };
                let added = answer.append(name.as_bytes(), value.as_bytes());
                added.map_err(|_| Unusable)?;
            }
        }
        if matches!(self.content, Content::Text(_)) && !answer.headers.contains_key(CONTENT_TYPE) {
            let added = answer.append(CONTENT_TYPE.as_str().as_bytes(), TEXT.as_bytes());
            added.map_err(|_| Unusable)?;
        }
        let body = self.content.framed(&mut answer);
        Ok(answer.into_response(body))
    }
}

impl Content {
    fn framed(self, answer: &mut Answer) -> Body {
        if answer.headers.remove(TRANSFER_ENCODING).is_some() {
            // The content would follow without chunks: who reads it waits for one.
            return Body::never();
        }
        if matches!(answer.status, 204 | 205 | 304) {
            return Body::empty();
        }
        let length = answer.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        match length {
            None => self.into(),
            Some(length) => {
                let bytes = match self {
                    Self::Text(text) => text.into_bytes(),
                    Self::Bytes(bytes) => bytes,
                };
                match bytes.len() == length {
                    true => Body::buffered(bytes.into()),
                    false => Body::cut_short(bytes.into()),
                }
            }
        }
    }
}

impl From<Content> for Body {
    fn from(content: Content) -> Self {
        match content {
            Content::Text(text) if text.is_empty() => Self::empty(),
            Content::Text(text) => Self::chunked(text.into()),
            Content::Bytes(bytes) if bytes.is_empty() => Self::empty(),
            Content::Bytes(bytes) => Self::chunked(bytes.into()),
        }
    }
}

/// A whole number, or a text with one; else 200, also for one with a point.
fn number(value: Option<&Token>) -> i64 {
    let written = value.map(|value| match value {
        Token::Float(_) => compact(value),
        other => text(other),
    });
    let number = written.and_then(|text| text.trim().parse::<i32>().ok());
    number.map_or(OK, i64::from)
}

/// Each name with its value as text; lists, objects and null are none.
fn headers(value: Option<&Token>) -> Result<Vec<(String, String)>, Unusable> {
    let members = match value {
        None | Some(Token::Null) => &[],
        Some(value) => value.members().ok_or(Unusable)?,
    };
    let headers = members.iter().map(|(name, value)| {
        let is_text = value.is_scalar() && *value != Token::Null;
        is_text.then(|| (name.clone(), text(value))).ok_or(Unusable)
    });
    headers.collect()
}

/// The type with an encoding, where the handler names none.
fn typed(kind: &str) -> String {
    let has_charset = kind.to_ascii_lowercase().contains("charset=");
    match kind {
        "" => TEXT.to_owned(),
        _ if has_charset => kind.to_owned(),
        _ => format!("{kind}; charset=utf-8"),
    }
}
