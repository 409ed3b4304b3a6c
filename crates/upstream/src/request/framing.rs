//! How the upstream finds the end of a request's body.

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use hyper::body::Body;

/// Frames a body as it is: with its length if that is known, in chunks if not (RFC 9112, section 6.3). Never both, and never by what
/// the headers said of it, but for a length of 0 where they said one.
///
/// hyper takes these headers at their word. Without them it would send a `GET` with a body of unknown length as one without.
pub(crate) fn frame(headers: &mut HeaderMap, body: &impl Body<Data = Bytes>) {
    let said_length = headers.remove(CONTENT_LENGTH).is_some();
    headers.remove(TRANSFER_ENCODING);
    if body.is_end_stream() {
        if said_length {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        return;
    }
    match body.size_hint().exact() {
        Some(length) => headers.insert(CONTENT_LENGTH, length.into()),
        None => headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked")),
    };
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http_body_util::{Either, Empty, Full};
    use hyper::body::Frame;

    use super::*;

    /// A body of which nobody knows the length.
    struct Unknown;

    impl Body for Unknown {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(None)
        }
    }

    /// What is said of a body, by its length; `None` if that is not known.
    fn framed(length: Option<usize>, said: &[(&'static str, &'static str)]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in said {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let body = match length {
            Some(0) => Either::Left(Either::Left(Empty::new())),
            Some(length) => Either::Left(Either::Right(Full::new(vec![0; length].into()))),
            None => Either::Right(Unknown),
        };
        frame(&mut headers, &body);
        let lines = headers.iter();
        lines
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect()
    }

    #[test]
    fn a_body_is_framed_once_and_as_it_is() {
        let both = [("content-length", "5"), ("transfer-encoding", "chunked")];
        let twice = [("content-length", "5"), ("content-length", "6")];
        for said in [&[][..], &both, &twice] {
            assert_eq!(framed(Some(3), said), ["content-length: 3"]);
            assert_eq!(framed(None, said), ["transfer-encoding: chunked"]);
            let zero: &[&str] = if said.is_empty() {
                &[]
            } else {
                &["content-length: 0"]
            };
            assert_eq!(framed(Some(0), said), zero);
        }
    }
}
