//! The last lines of the server, for a message.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many lines are kept, of both streams together.
const KEPT_LINES: usize = 20;

/// How much of each is kept, in characters.
const KEPT_CHARACTERS: usize = 500;

/// The last lines of one life of the server.
#[derive(Clone, Default)]
pub(crate) struct LastLines(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    address_in_use: bool,
}

impl LastLines {
    /// Keeps a line, and drops the oldest.
    pub(super) fn push(&self, line: &[u8]) {
        let line = shown(line);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.address_in_use |= says_address_in_use(&line);
        if kept.lines.len() == KEPT_LINES {
            kept.lines.pop_front();
        }
        kept.lines.push_back(line);
    }

    /// The lines, the oldest first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.lines.iter().cloned().collect()
    }

    /// Whether a line said that an address is in use.
    pub(crate) fn address_in_use(&self) -> bool {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.address_in_use
    }
}

/// The beginning of a line as text without control characters: it becomes part of a message of ours.
fn shown(line: &[u8]) -> String {
    let longest = line.len().min(4 * KEPT_CHARACTERS);
    let text = String::from_utf8_lossy(line.get(..longest).unwrap_or_default());
    let text = text.trim_end().chars().take(KEPT_CHARACTERS);
    text.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// As Linux says it (`EADDRINUSE`), Node, Rust, and Spring Boot with Vite and others.
fn says_address_in_use(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    let says = |text| line.contains(text);
    says("eaddrinuse")
        || says("address in use")
        || (says("already in use") && (says("address") || says("port")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_in_use_is_understood_in_the_words_of_many() {
        let table = [
            ("OSError: [Errno 98] Address already in use", true),
            (
                "Error: listen EADDRINUSE: address already in use 127.0.0.1:80",
                true,
            ),
            (
                "listen tcp 127.0.0.1:80: bind: address already in use",
                true,
            ),
            (
                "Failed to bind to address http://127.0.0.1:80: address already in use.",
                true,
            ),
            (
                "Web server failed to start. Port 8080 was already in use.",
                true,
            ),
            (
                "Os { code: 98, kind: AddrInUse, message: \"Address in use\" }",
                true,
            ),
            ("the name is already in use", false),
            ("listening on port 80", false),
        ];
        for (line, expected) in table {
            let lines = LastLines::default();
            lines.push(line.as_bytes());
            assert_eq!(lines.address_in_use(), expected, "{line}");
        }
    }

    #[test]
    fn the_last_lines_are_kept_within_bounds_and_without_control_characters() {
        let lines = LastLines::default();
        for number in 0..100 {
            lines.push(format!("{number}\n").as_bytes());
        }
        lines.push(b"\x1b[31mred\x07\xff\r\n");
        lines.push("ä".repeat(10_000).as_bytes());
        let kept = lines.lines();
        assert_eq!(kept.len(), KEPT_LINES);
        assert_eq!(kept[0], "82");
        assert_eq!(kept[18], " [31mred \u{FFFD}");
        assert_eq!(kept[19], "ä".repeat(KEPT_CHARACTERS));
    }
}
