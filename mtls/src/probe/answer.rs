//! One HTTP/1.1 answer, as it came.

use std::io::{self, Read};

use httparse::Status;

/// Bytes of an answer that are kept; a function that is probed answers with less.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// Header lines of an answer; hyper, by which the handler answers, sends at most 100.
const MAX_HEADER_LINES: usize = 128;

/// A status, the header lines, the body without its framing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names and values in their order.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The connection ended before the answer's head did.
    Closed,
    /// What came is not HTTP/1.
    NotHttp,
    /// The connection's error.
    Broken(io::Error),
}

impl Answer {
    /// Reads one final answer; interim ones (1xx) are skipped. A body that breaks off is taken as far as it came.
    ///
    /// # Errors
    ///
    /// [`Unanswered`].
    pub(super) fn read(stream: &mut impl Read) -> Result<Self, Unanswered> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 8192];
        loop {
            let parsed = Self::parse(&bytes)?;
            if let Some((answer, true)) = parsed {
                return Ok(answer);
            }
            let ended = match stream.read(&mut buffer) {
                Ok(0) => Unanswered::Closed,
                Ok(length) if bytes.len() < MAX_ANSWER_BYTES => {
                    bytes.extend_from_slice(buffer.get(..length).unwrap_or_default());
                    continue;
                }
                Ok(_) => Unanswered::NotHttp,
                Err(error) => Unanswered::Broken(error),
            };
            return parsed.map(|(answer, _)| answer).ok_or(ended);
        }
    }

    /// The answer in `bytes` and whether it is complete; `None` while the head is incomplete.
    fn parse(mut bytes: &[u8]) -> Result<Option<(Self, bool)>, Unanswered> {
        loop {
            let mut lines = [httparse::EMPTY_HEADER; MAX_HEADER_LINES];
            let mut head = httparse::Response::new(&mut lines);
            let rest = match head.parse(bytes).map_err(|_| Unanswered::NotHttp)? {
                Status::Complete(length) => bytes.get(length..).unwrap_or_default(),
                Status::Partial => return Ok(None),
            };
            let status = head.code.ok_or(Unanswered::NotHttp)?;
            if (100..200).contains(&status) {
                bytes = rest;
                continue;
            }
            let header = |header: &httparse::Header<'_>| {
                let value = String::from_utf8_lossy(header.value).into_owned();
                (header.name.to_owned(), value)
            };
            let mut answer = Self {
                status,
                headers: head.headers.iter().map(header).collect(),
                body: Vec::new(),
            };
            let complete = answer.take_body(rest);
            return Ok(Some((answer, complete)));
        }
    }

    /// Takes the body from `rest`; whether all of it is there. Without a length only the connection's end tells.
    fn take_body(&mut self, rest: &[u8]) -> bool {
        if matches!(self.status, 204 | 304) {
            return true;
        }
        let is_chunked = self
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked"));
        if is_chunked {
            let (body, complete) = joined_chunks(rest);
            self.body = body;
            return complete;
        }
        let length = self.header("content-length");
        let length: Option<usize> = length.and_then(|text| text.parse().ok());
        let body = length.and_then(|length| rest.get(..length));
        self.body = body.unwrap_or(rest).to_vec();
        body.is_some()
    }

    /// The first value under a name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    /// Whether the body contains a text, whatever its case.
    pub(super) fn says(&self, text: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body).to_ascii_lowercase();
        body.contains(&text.to_ascii_lowercase())
    }
}

/// The chunks in `rest`, and whether the last one is there.
fn joined_chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Ok(Status::Complete((start, length))) = httparse::parse_chunk_size(rest) {
        if length == 0 {
            return (body, true);
        }
        let chunk = rest.get(start..).unwrap_or_default();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        body.extend_from_slice(chunk.get(..length.min(chunk.len())).unwrap_or_default());
        let next = length.checked_add(2).and_then(|next| chunk.get(next..));
        rest = next.unwrap_or_default();
    }
    (body, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Answer, Unanswered> {
        // One byte at a time, as a slow network might.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let Some((first, rest)) = self.0.split_first() else {
                    return Ok(0);
                };
                buffer[0] = *first;
                self.0 = rest;
                Ok(1)
            }
        }
        Answer::read(&mut Slow(text.as_bytes()))
    }

    #[test]
    fn an_answer_is_read_whatever_its_framing() {
        for (text, status, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhix", 200, "hi"),
            ("HTTP/1.1 200 OK\r\n\r\nhi", 200, "hi"),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n",
                401,
                "",
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;x\r\ni\r\n0\r\n\r\n",
                200,
                "hi",
            ),
            ("HTTP/1.0 204 None\r\n\r\n", 204, ""),
            ("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi", 200, "hi"),
        ] {
            let answer = read(text).unwrap();
            assert_eq!(
                (answer.status, answer.body.as_slice()),
                (status, body.as_bytes()),
                "{text}"
            );
        }
        assert!(matches!(read(""), Err(Unanswered::Closed)));
        assert!(matches!(read("HTTP/1.1 2"), Err(Unanswered::Closed)));
    }

    #[test]
    fn what_is_not_http_is_no_answer() {
        for text in [
            "\u{15}\u{3}\u{3}",
            "HTTP/1.1 abc\r\n\r\n",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \u{1b}[2J\r\n\r\n",
        ] {
            assert!(matches!(read(text), Err(Unanswered::NotHttp)), "{text}");
        }
    }
}
