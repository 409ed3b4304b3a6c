//! Whether the end of an answer can be found in one way alone.

use http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use http::{Method, StatusCode};

use crate::Failure;

/// What an answer's head says of its body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Framing {
    pub(crate) length: Option<u64>,
    is_chunked: bool,
}

/// Reads it.
///
/// # Errors
///
/// A length beside chunks, two lengths, another coding than chunks, a switch of protocols: two readers would find two ends of it
/// (RFC 9112, sections 6.3 and 11.1), or nobody asked for it.
pub(crate) fn framing(status: StatusCode, headers: &HeaderMap) -> Result<Framing, Failure> {
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Failure::Malformed(
            "a switch of protocols that nobody asked for",
        ));
    }
    let length = length(headers)?;
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    let is_chunked = match (codings.next(), codings.next()) {
        (None, _) => false,
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => true,
        _ => return Err(Failure::Malformed("a transfer coding other than chunked")),
    };
    match is_chunked && length.is_some() {
        true => Err(Failure::Malformed("a length beside chunks")),
        false => Ok(Framing { length, is_chunked }),
    }
}

fn length(headers: &HeaderMap) -> Result<Option<u64>, Failure> {
    let mut found = None;
    let lines = headers.get_all(CONTENT_LENGTH).iter();
    for text in lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')) {
        let digits = std::str::from_utf8(text.trim_ascii()).ok();
        let digits = digits.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let length = digits.and_then(|digits| digits.parse().ok());
        let length: u64 = length.ok_or(Failure::Malformed("a length that is no number"))?;
        if found.is_some_and(|found| found != length) {
            return Err(Failure::Malformed("two lengths"));
        }
        found = Some(length);
    }
    Ok(found)
}

impl Framing {
    /// Whether the connection can take another request after this answer.
    ///
    /// Some servers send a body where an answer has none (`HEAD`, 204, 304). It may come late, and would be read as the answer to
    /// the next request.
    pub(crate) fn ends_for_certain(self, method: &Method, status: StatusCode) -> bool {
        let has_none = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        let says_body = self.is_chunked || self.length.is_some_and(|length| length > 0);
        *method != Method::HEAD && !(has_none && says_body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Lines = &'static [(&'static str, &'static str)];

    #[test]
    fn an_answer_ends_in_one_place_or_is_refused() {
        let plain = |length, is_chunked| Some(Framing { length, is_chunked });
        let table: &[(Lines, Option<Framing>)] = &[
            (&[], plain(None, false)),
            (&[("content-length", "5")], plain(Some(5), false)),
            (
                &[("content-length", "5, 5"), ("content-length", "5")],
                plain(Some(5), false),
            ),
            (&[("transfer-encoding", "Chunked")], plain(None, true)),
            (
                &[("content-length", "5"), ("transfer-encoding", "chunked")],
                None,
            ),
            (&[("content-length", "5"), ("content-length", "6")], None),
            (&[("content-length", "5,6")], None),
            (&[("content-length", "+5")], None),
            (&[("content-length", "-1")], None),
            (&[("content-length", "0x5")], None),
            (&[("content-length", "")], None),
            (&[("content-length", "99999999999999999999")], None),
            (&[("transfer-encoding", "gzip, chunked")], None),
            (&[("transfer-encoding", "chunked, chunked")], None),
            (
                &[
                    ("transfer-encoding", "chunked"),
                    ("transfer-encoding", "chunked"),
                ],
                None,
            ),
            (&[("transfer-encoding", "identity")], None),
            (&[("transfer-encoding", "")], None),
        ];
        for (lines, expected) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in *lines {
                headers.append(*name, value.parse().unwrap());
            }
            assert_eq!(
                framing(StatusCode::OK, &headers).ok(),
                *expected,
                "{lines:?}"
            );
        }
        assert!(framing(StatusCode::SWITCHING_PROTOCOLS, &HeaderMap::new()).is_err());
    }

    #[test]
    fn a_connection_is_kept_only_where_no_body_can_come_late() {
        let table = [
            (Method::GET, 200, Some(5), true),
            (Method::GET, 204, None, true),
            (Method::GET, 204, Some(0), true),
            (Method::GET, 204, Some(5), false),
            (Method::GET, 304, None, true),
            (Method::GET, 304, Some(5), false),
            (Method::HEAD, 200, None, false),
            (Method::HEAD, 200, Some(5), false),
        ];
        for (method, status, length, is_kept) in table {
            let framing = Framing {
                length,
                is_chunked: false,
            };
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(
                framing.ends_for_certain(&method, status),
                is_kept,
                "{method} {status}"
            );
        }
    }
}
