//! Lines to a stream that nobody may be reading: a stopped terminal, a pipe to a program that waits.
//!
//! `tracing-appender` was considered and left: it bounds the number of lines and not their bytes, says nothing of lines
//! that it drops, and gives up the last ones where its queue is full at the end.

use std::collections::VecDeque;
use std::io::Write;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes of lines that wait to be written; what comes beyond that is dropped and counted. Some thousand requests.
const QUEUE_BYTES: usize = 4 * 1024 * 1024;

/// How long the end of the command waits for a reader to take what is left.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// Writes lines in a thread of its own. Giving it a line never waits.
pub(crate) struct Writer {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    lines: VecDeque<String>,
    /// Of the lines, and of those that are being written.
    bytes: usize,
    /// Lines dropped since the last that was taken.
    lost: usize,
    is_closed: bool,
    /// All is written, or the stream is gone.
    is_done: bool,
}

impl Writer {
    /// A writer to `stream`; `lost` is the line that says how many lines were dropped.
    pub(crate) fn new(stream: impl Write + Send + 'static, lost: fn(usize) -> String) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let writing = shared.clone();
        std::thread::spawn(move || {
            writing.write_to(stream, lost);
            writing.state().is_done = true;
            writing.changed.notify_all();
        });
        Self { shared }
    }

    /// Queues one line, without its end.
    pub(crate) fn line(&self, mut line: String) {
        line.push('\n');
        let mut state = self.shared.state();
        if state.is_done {
            return;
        }
        if state.bytes + line.len() > QUEUE_BYTES {
            state.lost += 1;
            return;
        }
        state.bytes += line.len();
        state.lines.push_back(line);
        self.shared.changed.notify_all();
    }

    /// Waits until everything is written, as long as a reader may take. What comes later is lost.
    pub(crate) fn close(&self) {
        let mut state = self.shared.state();
        state.is_closed = true;
        self.shared.changed.notify_all();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, FLUSH_TIMEOUT, |state| !state.is_done);
        drop(waited);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until the writer is closed, or nobody can read any more.
    fn write_to(&self, mut stream: impl Write, lost: fn(usize) -> String) {
        while let Some((lines, dropped)) = self.next() {
            let note = (dropped > 0).then(|| lost(dropped) + "\n");
            let all = lines.iter().map(String::as_str).chain(note.as_deref());
            let written = all
                .map(str::as_bytes)
                .try_for_each(|line| stream.write_all(line))
                .and_then(|()| stream.flush());
            if written.is_err() {
                return;
            }
            let bytes: usize = lines.iter().map(String::len).sum();
            self.state().bytes -= bytes;
        }
    }

    /// What waits, once something does; nothing at the end.
    fn next(&self) -> Option<(VecDeque<String>, usize)> {
        let idle =
            |state: &mut State| state.lines.is_empty() && state.lost == 0 && !state.is_closed;
        let mut state = self
            .changed
            .wait_while(self.state(), idle)
            .unwrap_or_else(PoisonError::into_inner);
        let next = (mem::take(&mut state.lines), mem::take(&mut state.lost));
        (!next.0.is_empty() || next.1 > 0).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// A stream whose every write waits to be let through.
    struct Gate {
        open: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.open.recv();
            let _ = self.written.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn lost(count: usize) -> String {
        format!("lost {count}")
    }

    #[test]
    fn memory_is_bounded_and_what_was_dropped_is_counted() {
        let (opener, open) = channel();
        let (written, seen) = channel();
        let writer = Writer::new(Gate { open, written }, lost);
        writer.line("first".to_owned());
        let long = "x".repeat(QUEUE_BYTES / 4);
        for _ in 0..10 {
            writer.line(long.clone());
        }
        assert!(writer.shared.state().bytes <= QUEUE_BYTES);
        drop(opener);
        writer.close();
        let text: Vec<u8> = seen.try_iter().flatten().collect();
        let lines: Vec<_> = text.split(|byte| *byte == b'\n').collect();
        assert_eq!(lines.first().copied(), Some(b"first".as_slice()));
        // How many fit depends on what the writer's thread had already taken out; all others are counted.
        let kept = lines
            .iter()
            .filter(|line| **line == long.as_bytes())
            .count();
        assert!((3..10).contains(&kept), "{kept}");
        // In several lines, if the writer's thread looked in between.
        let counts = lines.iter().filter_map(|line| {
            let text = std::str::from_utf8(line.strip_prefix(b"lost ")?).ok()?;
            text.parse::<usize>().ok()
        });
        assert_eq!(counts.sum::<usize>(), 10 - kept);
    }

    #[test]
    fn closing_waits_for_the_last_line_and_not_for_ever() {
        let (opener, open) = channel();
        let (written, seen) = channel();
        let writer = Writer::new(Gate { open, written }, lost);
        writer.line("last".to_owned());
        writer.close();
        assert_eq!(seen.try_iter().count(), 0);
        opener.send(()).unwrap();
        assert_eq!(seen.recv().unwrap(), b"last\n");
    }
}
