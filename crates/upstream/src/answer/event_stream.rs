//! Event streams: where in one a comment can be put.

use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};

/// A comment, and the end of an event that there is not: what clients pass over (HTML, section 9.2.5).
pub(super) const COMMENT: &[u8] = b":\n\n";

/// Whether the body of an answer is an event stream that can be read on the way.
pub(crate) fn is_event_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map(|value| value.as_bytes());
    let essence = media_type.and_then(|text| text.split(|byte| *byte == b';').next());
    essence.is_some_and(|essence| {
        essence
            .trim_ascii()
            .eq_ignore_ascii_case(b"text/event-stream")
    }) && !headers.contains_key(CONTENT_ENCODING)
}

/// Where an event stream is: between two events, or in one.
#[derive(Debug)]
pub(super) struct Position {
    /// Whether the line before the current one was empty, or there is none.
    is_between: bool,
    /// Whether the current line has a character.
    is_in_line: bool,
    /// Whether the last character was a carriage return, to which a line feed would belong.
    after_return: bool,
}

impl Position {
    /// At the beginning of a stream.
    pub(super) fn start() -> Self {
        Self {
            is_between: true,
            is_in_line: false,
            after_return: false,
        }
    }

    /// Whether a comment can be put here: no event and no line is under way.
    pub(super) fn is_between_events(&self) -> bool {
        self.is_between && !self.is_in_line
    }

    /// After these bytes.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.is_between = !self.is_in_line;
                    self.is_in_line = false;
                    self.after_return = *byte == b'\r';
                }
                _ => {
                    self.is_in_line = true;
                    self.after_return = false;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_fits_between_events_alone() {
        let table = [
            ("", true),
            ("\n", true),
            ("data: 1", false),
            ("data: 1\n", false),
            ("data: 1\n\n", true),
            ("data: 1\r\n", false),
            ("data: 1\r\n\r\n", true),
            ("data: 1\r\r", true),
            ("data: 1\r", false),
            ("data: 1\r\n\r", true),
            ("data: 1\n\ndata: 2\n", false),
            (":\n", false),
            ("data: 1\n\n\u{e4}", false),
        ];
        for (text, is_between) in table {
            // However the bytes are cut into chunks.
            for chunk in 1..=text.len().max(1) {
                let mut position = Position::start();
                for bytes in text.as_bytes().chunks(chunk) {
                    position.pass(bytes);
                }
                assert_eq!(position.is_between_events(), is_between, "{text:?}");
            }
        }
    }

    #[test]
    fn an_event_stream_is_known_by_its_media_type() {
        let table = [
            ("text/event-stream", "", true),
            ("Text/Event-Stream ; charset=utf-8", "", true),
            ("text/event-stream", "gzip", false),
            ("text/plain", "", false),
            ("text/event-streams", "", false),
        ];
        for (media_type, coding, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, media_type.parse().unwrap());
            if !coding.is_empty() {
                headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
            }
            assert_eq!(is_event_stream(&headers), expected, "{media_type}");
        }
    }
}
