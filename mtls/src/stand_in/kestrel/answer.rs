//! An answer as Kestrel lets the host set it (`HttpHeaders.cs`, `HttpResponseHeaders.cs`, `HttpProtocol.cs`:
//! `CreateResponseHeaders`; `ReasonPhrases.cs`).

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;

use crate::body::Body;
use crate::stand_in::http_client::length;

/// What a caller is told of a status that no client reads.
const NO_STATUS: &str = "The handler's status is none that HTTP has.\n";

/// An answer until its head is written.
pub(in crate::stand_in) struct Answer {
    /// The status; below 100 and above 999 too.
    pub(in crate::stand_in) status: i64,
    /// What the handler called it; empty for the status's own phrase.
    pub(in crate::stand_in) reason: Vec<u8>,
    /// The headers so far.
    pub(in crate::stand_in) headers: HeaderMap,
}

/// A header that Kestrel throws at: the invocation fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::stand_in) struct Refused;

impl Answer {
    pub(in crate::stand_in) fn new(status: i64, reason: &[u8]) -> Self {
        Self {
            status,
            reason: reason.to_vec(),
            headers: HeaderMap::new(),
        }
    }

    /// Adds a line behind those of that name.
    ///
    /// # Errors
    ///
    /// [`Refused`]: a name that is no token, a value with control characters or bytes above 0x7F, a second or unreadable
    /// `Content-Length`.
    pub(in crate::stand_in) fn append(&mut self, name: &[u8], value: &[u8]) -> Result<(), Refused> {
        let name = HeaderName::from_bytes(name).map_err(|_| Refused)?;
        if !is_field_value(value) {
            return Err(Refused);
        }
        let is_length = name == CONTENT_LENGTH;
        if is_length && (length(value).is_none() || self.headers.contains_key(&name)) {
            return Err(Refused);
        }
        let value = HeaderValue::from_bytes(value).map_err(|_| Refused)?;
        self.headers.append(name, value);
        Ok(())
    }

    /// Whether the status and what was set agree: 204 has no length but 0, and no body.
    pub(in crate::stand_in) fn is_sound(&self) -> bool {
        let length = self.headers.get(CONTENT_LENGTH);
        let has_length = length.is_some_and(|length| length != "0");
        !(self.status == 204 && has_length)
    }

    /// The answer with its body; 502 for a status that no client reads, which the platform's front end makes of it.
    pub(in crate::stand_in) fn into_response(mut self, body: Body) -> Response<Body> {
        let status = u16::try_from(self.status).ok();
        let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) else {
            return no_status();
        };
        if status == StatusCode::NO_CONTENT || status.is_informational() {
            self.headers.remove(CONTENT_LENGTH);
        }
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        let phrase = phrase(status, &self.reason);
        if let Ok(phrase) = ReasonPhrase::try_from(phrase) {
            response.extensions_mut().insert(phrase);
        }
        response
    }
}

fn no_status() -> Response<Body> {
    let mut response = Response::new(Body::buffered(NO_STATUS.into()));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

/// What Kestrel writes behind the status: the given phrase with `?` for what is no ASCII, else the status's own.
fn phrase(status: StatusCode, given: &[u8]) -> Vec<u8> {
    let own = match status.as_u16() {
        306 => Some("Switch Proxy"),
        419 => Some("Authentication Timeout"),
        499 => Some("Client Closed Request"),
        _ => status.canonical_reason(),
    };
    if given.is_empty() {
        return own.unwrap_or_default().into();
    }
    let ascii = given.iter().map(|byte| match byte.is_ascii() {
        true => *byte,
        false => b'?',
    });
    ascii.collect()
}

/// What the value of an answer's header may hold: visible ASCII, blanks, tabs (`HttpCharacters.cs`).
fn is_field_value(value: &[u8]) -> bool {
    value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kestrel_takes_what_can_be_written() {
        let table: [(&[u8], &[u8], bool); 9] = [
            (b"X-A", b"a\tb", true),
            (b"X-A", b"", true),
            (b"X-A", b"a\x07", false),
            (b"X-A", b"a\0", false),
            (b"X-A", b"a\rb", false),
            (b"X-A", "\u{e9}".as_bytes(), false),
            (b"X A", b"a", false),
            (b"Content-Length", b"+2", false),
            (b"content-length", b"2", true),
        ];
        for (name, value, taken) in table {
            let mut answer = Answer::new(200, b"");
            assert_eq!(
                answer.append(name, value).is_ok(),
                taken,
                "{name:?} {value:?}"
            );
        }
        let mut twice = Answer::new(200, b"");
        assert!(twice.append(b"Content-Length", b"2").is_ok());
        assert!(twice.append(b"Content-Length", b"2").is_err());
    }

    #[test]
    fn a_status_is_called_what_kestrel_calls_it() {
        let table: [(i64, &[u8], &str); 6] = [
            (200, b"", "OK"),
            (200, b"All Is Well", "All Is Well"),
            (200, "\u{e9}".as_bytes(), "??"),
            (600, b"", ""),
            (600, b"Odd", "Odd"),
            (499, b"", "Client Closed Request"),
        ];
        for (status, given, expected) in table {
            let response = Answer::new(status, given).into_response(Body::empty());
            let phrase = response.extensions().get::<ReasonPhrase>().unwrap();
            assert_eq!(phrase.as_bytes(), expected.as_bytes(), "{status}");
        }
        for status in [-1, 0, 99, 1000, 70_000] {
            let response = Answer::new(status, b"").into_response(Body::empty());
            assert_eq!(response.status(), StatusCode::BAD_GATEWAY, "{status}");
        }
    }

    #[test]
    fn no_content_has_no_content() {
        for (status, length, sound) in [(204, "0", true), (204, "4", false), (200, "4", true)] {
            let mut answer = Answer::new(status, b"");
            answer.append(b"Content-Length", length.as_bytes()).unwrap();
            assert_eq!(answer.is_sound(), sound, "{status} {length}");
        }
    }
}
