//! The answer: its status, its headers, and a bounded part of its body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

use super::recorder::Recorded;

/// The most bytes of a body that are read. What a person reads is less; what a program wants in full, curl fetches.
const BODY_BYTES: usize = 1024 * 1024;

/// What the server answered. Headers and body are untrusted text, as they came.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Vec<Header>,
    pub(super) body: Body,
}

/// One header line.
#[derive(Debug, Serialize)]
pub(super) struct Header {
    pub(super) name: String,
    /// Bytes that are not text become the replacement character.
    pub(super) value: String,
}

/// What was read of a body.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body {
    /// How many bytes were kept.
    pub(super) bytes: usize,
    pub(super) end: End,
    /// Where the bytes are UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    /// Where they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) base64: Option<String>,
}

/// Why no more of a body was read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum End {
    /// That is all of it.
    Complete,
    /// There is more than the tool reads.
    CutOff,
    /// The connection broke before the end.
    BrokenOff,
}

/// Sends a request and reads what comes back. A body that breaks off is part of the answer.
///
/// # Errors
///
/// No head of an answer, for whatever reason.
pub(super) async fn of(
    stream: SslStream<Recorded<TcpStream>>,
    request: Request<Full<Bytes>>,
) -> Result<Response, hyper::Error> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Its errors come back by the sender and the body.
    tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    let (head, body) = answer.into_parts();
    let headers = head.headers.iter().map(|(name, value)| Header {
        name: name.to_string(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    });
    Ok(Response {
        status: head.status.as_u16(),
        headers: headers.collect(),
        body: Body::read(body).await,
    })
}

impl Body {
    async fn read(mut body: Incoming) -> Self {
        let mut bytes = Vec::new();
        let end = loop {
            let data = match body.frame().await {
                None => break End::Complete,
                Some(Err(_)) => break End::BrokenOff,
                Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            };
            let room = BODY_BYTES - bytes.len();
            bytes.extend(data.iter().take(room));
            if data.len() > room {
                break End::CutOff;
            }
        };
        Self::of(bytes, end)
    }

    fn of(mut bytes: Vec<u8>, end: End) -> Self {
        if end == End::CutOff {
            drop_half_character(&mut bytes);
        }
        let length = bytes.len();
        let (text, base64) = match String::from_utf8(bytes) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(STANDARD.encode(error.as_bytes()))),
        };
        Self {
            bytes: length,
            end,
            text,
            base64,
        }
    }
}

/// A limit may fall inside a character, which makes the rest no less a text.
fn drop_half_character(bytes: &mut Vec<u8>) {
    if let Err(error) = str::from_utf8(bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_shown_as_such() {
        for (bytes, end, text, base64) in [
            (b"ok".as_slice(), End::Complete, Some("ok"), None),
            (b"", End::Complete, Some(""), None),
            (b"\xff\xfe", End::Complete, None, Some("//4=")),
            ("aé".as_bytes(), End::Complete, Some("aé"), None),
            (b"a\xc3", End::CutOff, Some("a"), None),
            (b"a\xc3", End::Complete, None, Some("YcM=")),
            (b"a\xc3b", End::CutOff, None, Some("YcNi")),
        ] {
            let body = Body::of(bytes.to_vec(), end);
            assert_eq!(body.text.as_deref(), text, "{bytes:?}");
            assert_eq!(body.base64.as_deref(), base64, "{bytes:?}");
        }
    }
}
