//! One HTTP/1.1 answer, as it came.

use std::io::{self, Read};

/// Bytes of an answer that are kept; a function that is probed answers with less.
const ANSWER_BYTES: usize = 1 << 20;

/// What ends a head.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// The length of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
const GUID_LENGTH: usize = 36;

/// A status, the header lines, the body without its framing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Header lines without the status line.
    headers: Vec<String>,
    body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Unanswered {
    /// The connection ended before.
    Closed,
    /// What came is no HTTP/1.
    NotHttp,
    /// The connection's error.
    Broken(io::Error),
}

impl Answer {
    /// Reads one final answer; interim ones (1xx) are passed over. What breaks off after the head is taken as it is.
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
                Ok(length) if bytes.len() < ANSWER_BYTES => {
                    bytes.extend_from_slice(buffer.get(..length).unwrap_or_default());
                    continue;
                }
                Ok(_) => Unanswered::NotHttp,
                Err(error) => Unanswered::Broken(error),
            };
            return parsed.map(|(answer, _)| answer).ok_or(ended);
        }
    }

    /// What stands in `bytes`, and whether that is all; nothing while the head is incomplete.
    fn parse(mut bytes: &[u8]) -> Result<Option<(Self, bool)>, Unanswered> {
        loop {
            let start = bytes.get(..bytes.len().min(5)).unwrap_or_default();
            if !b"HTTP/".starts_with(start) {
                return Err(Unanswered::NotHttp);
            }
            let Some(end) = bytes
                .windows(HEAD_END.len())
                .position(|part| part == HEAD_END)
            else {
                return Ok(None);
            };
            let (head, rest) = bytes.split_at(end);
            let rest = rest.get(HEAD_END.len()..).unwrap_or_default();
            let head = String::from_utf8_lossy(head);
            let mut lines = head.split("\r\n");
            let status = lines.next().and_then(status).ok_or(Unanswered::NotHttp)?;
            if (100..200).contains(&status) {
                bytes = rest;
                continue;
            }
            let headers: Vec<String> = lines.map(ToOwned::to_owned).collect();
            let (body, complete) = body(status, &headers, rest);
            let answer = Self {
                status,
                headers,
                body,
            };
            return Ok(Some((answer, complete)));
        }
    }

    /// The first value under a name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        value(&self.headers, name)
    }

    /// Whether the body holds a text, whatever its case.
    pub(super) fn says(&self, text: &str) -> bool {
        let body = String::from_utf8_lossy(&self.body).to_ascii_lowercase();
        body.contains(&text.to_ascii_lowercase())
    }

    /// Whether nothing but the date and identifiers tells the two apart; else what does.
    ///
    /// # Errors
    ///
    /// The first difference, in words.
    pub(super) fn same_but_for_identifiers(&self, other: &Self) -> Result<(), String> {
        if self.status != other.status {
            return Err(format!("status {} and {}", self.status, other.status));
        }
        let (mine, others) = (self.masked_headers(), other.masked_headers());
        if let Some(line) = mine
            .iter()
            .find(|line| !others.contains(line))
            .or_else(|| others.iter().find(|line| !mine.contains(line)))
        {
            let name = line.split(':').next().unwrap_or_default();
            return Err(format!("header {name} differs"));
        }
        if mine != others {
            return Err("the headers come in another order".to_owned());
        }
        match self.masked_body() == other.masked_body() {
            true => Ok(()),
            false => Err("the bodies differ".to_owned()),
        }
    }

    /// Whether two answers came from the same function: the same status and body.
    pub(super) fn same_content(&self, other: &Self) -> bool {
        self.status == other.status && self.masked_body() == other.masked_body()
    }

    fn masked_headers(&self) -> Vec<String> {
        self.headers
            .iter()
            .map(|line| masked_header(line))
            .collect()
    }

    fn masked_body(&self) -> String {
        mask_identifiers(&String::from_utf8_lossy(&self.body))
    }
}

fn status(line: &str) -> Option<u16> {
    line.split(' ').nth(1)?.parse().ok()
}

fn value<'a>(headers: &'a [String], name: &str) -> Option<&'a str> {
    headers.iter().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The body in `rest`, and whether all of it is there; without a length only the connection's end tells.
fn body(status: u16, headers: &[String], rest: &[u8]) -> (Vec<u8>, bool) {
    if matches!(status, 204 | 304) {
        return (Vec::new(), true);
    }
    let chunked = value(headers, "transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked"));
    if chunked {
        return joined_chunks(rest);
    }
    let length: Option<usize> = value(headers, "content-length").and_then(|text| text.parse().ok());
    match length {
        Some(length) => match rest.get(..length) {
            Some(body) => (body.to_vec(), true),
            None => (rest.to_vec(), false),
        },
        None => (rest.to_vec(), false),
    }
}

/// The chunks in `rest`, and whether the last one is there.
fn joined_chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    while let Some(line_end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let (line, after) = rest.split_at(line_end);
        let line = String::from_utf8_lossy(line);
        let digits = line.split(';').next().unwrap_or_default().trim();
        let Ok(length) = usize::from_str_radix(digits, 16) else {
            break;
        };
        if length == 0 {
            return (body, true);
        }
        let after = after.get(2..).unwrap_or_default();
        body.extend_from_slice(after.get(..length.min(after.len())).unwrap_or_default());
        rest = length
            .checked_add(2)
            .and_then(|next| after.get(next..))
            .unwrap_or_default();
    }
    (body, false)
}

/// A header line without what differs between any two answers: the date, identifiers, and the instance that App
/// Service chose for this caller.
fn masked_header(line: &str) -> String {
    let name = line.split(':').next().unwrap_or_default();
    if name.eq_ignore_ascii_case("date") {
        return "date".to_owned();
    }
    let cookie = line.to_ascii_lowercase();
    if cookie.starts_with("set-cookie: arraffinity") {
        let cookie_name = cookie.split('=').next().unwrap_or_default();
        return cookie_name.to_owned();
    }
    mask_identifiers(line)
}

/// The text with every GUID replaced by the same word.
fn mask_identifiers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (taken, shown) = match rest.get(..GUID_LENGTH).filter(|part| is_guid(part)) {
            Some(_) => (GUID_LENGTH, "(id)"),
            None => (
                first.len_utf8(),
                rest.get(..first.len_utf8()).unwrap_or_default(),
            ),
        };
        masked.push_str(shown);
        rest = rest.get(taken..).unwrap_or_default();
    }
    masked
}

fn is_guid(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
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
        assert!(matches!(read("\u{15}\u{3}\u{3}"), Err(Unanswered::NotHttp)));
        assert!(matches!(
            read("HTTP/1.1 abc\r\n\r\n"),
            Err(Unanswered::NotHttp)
        ));
    }

    #[test]
    fn identifiers_and_dates_are_no_difference_and_everything_else_is() {
        let answer = |date: &str, id: &str, more: &str, body: &str| {
            let body = format!("{{\"id\":\"{id}\",\"x\":\"{body}\"}}");
            let text = format!(
                "HTTP/1.1 401 No\r\nDate: {date}\r\nX-Id: {id}\r\n{more}Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            read(&text).unwrap()
        };
        let one = answer("a", "2f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11", "", "é");
        let other = answer("b", "3f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11", "", "é");
        assert_eq!(one.same_but_for_identifiers(&other), Ok(()));
        let body = answer("b", "3f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11", "", "è");
        assert_eq!(
            one.same_but_for_identifiers(&body),
            Err("the bodies differ".to_owned())
        );
        assert!(one.same_content(&other) && !one.same_content(&body));
        let header = answer(
            "b",
            "3f9f5c0e-5a0e-4a53-9d0d-6c1b1f1f5a11",
            "X-Why: expired\r\n",
            "é",
        );
        assert_eq!(
            one.same_but_for_identifiers(&header),
            Err("header X-Why differs".to_owned())
        );
        assert_eq!(
            header.same_but_for_identifiers(&one),
            Err("header X-Why differs".to_owned())
        );
        let no_id = answer("b", "not-an-id-of-the-right-form-at-all-xx", "", "é");
        assert!(one.same_but_for_identifiers(&no_id).is_err());
    }
}
