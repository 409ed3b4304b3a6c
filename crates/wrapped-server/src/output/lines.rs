//! Bytes of a pipe cut into lines.

/// The longest line that is passed on whole, in bytes. A line that is cut may no longer be what it was, JSON for one.
const LINE_LIMIT: usize = 256 * 1024;

/// What ends a line that was cut.
const CUT: &[u8] = b" [cut here: the line is longer than 256 KiB]\n";

/// A line that is being read.
#[derive(Default)]
pub(super) struct Lines {
    pending: Vec<u8>,
    is_cut: bool,
}

impl Lines {
    /// Takes what was read, and gives on each line that is complete, with its end.
    pub(super) fn feed(&mut self, mut read: &[u8], mut line: impl FnMut(Vec<u8>)) {
        while let Some(end) = read.iter().position(|byte| *byte == b'\n') {
            let (this, rest) = read.split_at(end + 1);
            self.take(this, &mut line);
            if !self.is_cut {
                line(std::mem::take(&mut self.pending));
            }
            self.is_cut = false;
            read = rest;
        }
        self.take(read, &mut line);
    }

    /// Gives on the last line, which has no end; it gets one, so that nothing else is written on it.
    pub(super) fn finish(&mut self, mut line: impl FnMut(Vec<u8>)) {
        if !self.pending.is_empty() {
            self.pending.push(b'\n');
            line(std::mem::take(&mut self.pending));
        }
        self.is_cut = false;
    }

    /// Part of one line. What is beyond the limit is dropped.
    fn take(&mut self, part: &[u8], line: &mut impl FnMut(Vec<u8>)) {
        if self.is_cut {
            return;
        }
        let room = LINE_LIMIT - self.pending.len().min(LINE_LIMIT);
        let text = part.strip_suffix(b"\n").unwrap_or(part);
        if text.len() <= room {
            self.pending.extend_from_slice(part);
            return;
        }
        self.pending
            .extend_from_slice(text.get(..room).unwrap_or_default());
        self.pending.extend_from_slice(CUT);
        line(std::mem::take(&mut self.pending));
        self.is_cut = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a text that is read in parts of `step` bytes.
    fn lines(text: &[u8], step: usize) -> Vec<Vec<u8>> {
        let (mut lines, mut found) = (Lines::default(), Vec::new());
        for part in text.chunks(step) {
            lines.feed(part, |line| found.push(line));
        }
        lines.finish(|line| found.push(line));
        found
    }

    #[test]
    fn lines_are_whole_and_unchanged_however_they_are_read() {
        let text = b"one\n\ntwo\r\n\xff\x1b[31mred\nlast";
        let expected: [&[u8]; 5] = [b"one\n", b"\n", b"two\r\n", b"\xff\x1b[31mred\n", b"last\n"];
        for step in 1..=text.len() {
            assert_eq!(lines(text, step), expected, "{step}");
        }
        assert_eq!(lines(b"", 1), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_line_beyond_the_limit_is_cut_once_and_the_next_is_whole() {
        let line = |length: usize| vec![b'x'; length];
        for (length, is_cut) in [
            (LINE_LIMIT, false),
            (LINE_LIMIT + 1, true),
            (4 * LINE_LIMIT, true),
        ] {
            let text = [line(length), b"\nnext\n".to_vec()].concat();
            let end: &[u8] = if is_cut { CUT } else { b"\n" };
            let expected = [
                [line(LINE_LIMIT.min(length)).as_slice(), end].concat(),
                b"next\n".to_vec(),
            ];
            for step in [1000, LINE_LIMIT, LINE_LIMIT + 1, text.len()] {
                assert!(lines(&text, step) == expected, "{length} {step}");
            }
        }
    }
}
