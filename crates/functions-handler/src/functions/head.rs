//! The head of a request, as implementations and the server read it.

use std::fmt;

use client_cert::FrontEndProof;
use http::{HeaderMap, HeaderValue, Method, Uri};

use crate::host::contract::TRACE_PARENT_HEADER;

/// The head of a request. Everything in it is the caller's text. `Debug` shows no header.
pub struct Head {
    /// The method.
    pub method: Method,
    /// Path and query, as they came.
    pub uri: Uri,
    /// All headers. The certificate's has been decided upon; an implementation takes the [`Permit`](client_cert::Permit) instead.
    ///
    /// Without `X-Client-Cert-Front-End`, which holds a secret of the front end.
    pub headers: HeaderMap,
    /// Whether the front end proved itself.
    pub(crate) proof: FrontEndProof,
    /// Whether the request came with `X-Client-Cert-Front-End`, with a secret that counts or another.
    pub(crate) had_secret: bool,
}

impl fmt::Debug for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Head")
            .field("method", &self.method)
            .field("headers", &self.headers.len())
            .finish_non_exhaustive()
    }
}

impl Head {
    /// The caller's `traceparent`, if it is well-formed.
    pub fn trace_parent(&self) -> Option<TraceParent<'_>> {
        TraceParent::from_headers(&self.headers)
    }

    /// Whether the request proves by a secret that it comes from the declared front end. False where that proves itself otherwise.
    pub fn is_from_proven_front_end(&self) -> bool {
        self.proof.is_given()
    }

    /// The length that the caller announced for the body, in bytes.
    pub fn content_length(&self) -> Option<u64> {
        self.headers
            .get(http::header::CONTENT_LENGTH)?
            .to_str()
            .ok()?
            .parse()
            .ok()
    }
}

/// A well-formed `traceparent` (W3C Trace Context, section 3.2), version 00.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TraceParent<'a>(&'a str);

impl<'a> TraceParent<'a> {
    pub(crate) fn from_headers(headers: &'a HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(&TRACE_PARENT_HEADER).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Self::parse(value),
            _ => None,
        }
    }

    fn parse(value: &'a HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let mut parts = text.split('-');
        let fields = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let lengths = [2, 32, 16, 2];
        let is_hex = |field: &str| {
            field
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        };
        let is_zero = |field: &str| field.bytes().all(|byte| byte == b'0');
        let well_formed = parts.next().is_none()
            && fields
                .iter()
                .zip(lengths)
                .all(|(field, length)| field.len() == length && is_hex(field))
            && fields[0] == "00"
            && !is_zero(fields[1])
            && !is_zero(fields[2]);
        well_formed.then_some(Self(text))
    }

    /// The whole value.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The trace id: 32 hexadecimal digits.
    pub fn trace_id(self) -> &'a str {
        self.0.split('-').nth(1).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_trace_is_taken_only_if_it_is_well_formed() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let trace = |value: &str| {
            TraceParent::from_headers(&headers("traceparent", &[value]))
                .map(|trace| trace.trace_id().to_owned())
        };
        assert_eq!(
            trace(good).as_deref(),
            Some("0af7651916cd43dd8448eb211c80319c")
        );
        let bad = [
            "",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "\"}{evil",
        ];
        for value in bad {
            assert_eq!(trace(value), None, "{value}");
        }
        assert_eq!(
            TraceParent::from_headers(&headers("traceparent", &[good, good])),
            None
        );
    }
}
