//! Lines on standard output: one JSON object each, never in the way of a request.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use serde::Serialize;
use serde_json::Serializer;

use super::clock::Timestamp;
use super::line_format::LineFormat;

/// How long the writer gathers lines before it writes them. A line is late by this much at most; in return a
/// busy handler makes a few hundred writes a second instead of one a request.
const FLUSH_INTERVAL: Duration = Duration::from_millis(2);

/// How long the end of the process waits for a reader of standard output. The host reads within milliseconds, if it reads.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// The most that waits for a reader of standard output, in bytes: some ten thousand lines. The host reads
/// all the time; if it stops, lines are counted as lost rather than requests held up.
const MAX_WAITING_BYTES: usize = 4 * 1024 * 1024;

/// Room for a usual line, so that it is not grown while it is written.
const USUAL_LINE_BYTES: usize = 768;

/// A log that is written by a thread of its own.
///
/// Lines are taken while there is room. What did not fit is counted, and the count is written as soon as
/// there is room again. On [`Log::close`] everything taken has been written.
#[derive(Clone, Debug)]
pub struct Log {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    lost: u64,
    closed: bool,
    ended: bool,
}

#[derive(Serialize)]
struct Lost {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    lines: u64,
}

impl Log {
    /// A log that writes to `output`.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub fn start(output: impl Write + Send + 'static) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            changed: Condvar::new(),
        });
        thread::Builder::new().name("log".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || shared.write_all(output)
        })?;
        Ok(Self { shared })
    }

    /// Takes one line. It never waits for the output.
    pub fn write(&self, line: &impl Serialize) {
        let mut text = Vec::with_capacity(USUAL_LINE_BYTES);
        let mut json = Serializer::with_formatter(&mut text, LineFormat);
        if line.serialize(&mut json).is_err() {
            return;
        }
        text.push(b'\n');
        self.shared.take(&text);
    }

    /// Writes what has been taken, and ends. Later lines are lost.
    ///
    /// An output that nobody reads is waited for no longer than a second.
    pub fn close(&self) {
        let mut waiting = lock(&self.shared.waiting);
        waiting.closed = true;
        self.shared.changed.notify_all();
        let still_writing = |waiting: &mut Waiting| !waiting.ended;
        drop(
            self.shared
                .changed
                .wait_timeout_while(waiting, CLOSE_TIMEOUT, still_writing),
        );
    }
}

impl Shared {
    fn take(&self, line: &[u8]) {
        let mut waiting = lock(&self.waiting);
        if waiting.closed || waiting.lines.len().saturating_add(line.len()) > MAX_WAITING_BYTES {
            waiting.lost = waiting.lost.saturating_add(1);
            return;
        }
        let was_empty = waiting.lines.is_empty();
        waiting.lines.extend_from_slice(line);
        drop(waiting);
        if was_empty {
            self.changed.notify_one();
        }
    }

    /// The writer's thread.
    fn write_all(&self, mut output: impl Write) {
        let mut lines = Vec::new();
        loop {
            let closed = self.gather(&mut lines);
            // Standard output that nobody reads any more is no reason to stop serving.
            if output
                .write_all(&lines)
                .and_then(|()| output.flush())
                .is_err()
            {
                let failed = lines.iter().filter(|byte| **byte == b'\n').count();
                let failed = u64::try_from(failed).unwrap_or(u64::MAX);
                let mut waiting = lock(&self.waiting);
                waiting.lost = waiting.lost.saturating_add(failed);
            }
            lines.clear();
            if closed {
                lock(&self.waiting).ended = true;
                self.changed.notify_all();
                return;
            }
        }
    }

    /// Waits for lines, and takes them all. True once the log is closed.
    fn gather(&self, lines: &mut Vec<u8>) -> bool {
        let mut waiting = lock(&self.waiting);
        while waiting.lines.is_empty() && !waiting.closed {
            waiting = self
                .changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if !waiting.closed {
            drop(waiting);
            thread::sleep(FLUSH_INTERVAL);
            waiting = lock(&self.waiting);
        }
        std::mem::swap(&mut waiting.lines, lines);
        let lost = std::mem::take(&mut waiting.lost);
        let closed = waiting.closed;
        drop(waiting);
        if lost > 0 {
            let line = Lost {
                time: Timestamp::now(),
                event: "lines-lost",
                level: "error",
                lines: lost,
            };
            let _ = serde_json::to_writer(&mut *lines, &line);
            lines.push(b'\n');
        }
        closed
    }
}

/// A mutex that a panic elsewhere does not make useless: what it guards is valid at every step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// An output that hands on what it is given, after a reader has allowed it to.
    struct Slow(mpsc::Receiver<()>, mpsc::Sender<Vec<u8>>);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.recv().map_err(io::Error::other)?;
            self.1.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn closing_writes_what_was_taken() {
        let (allow, allowed) = mpsc::channel();
        let (sent, received) = mpsc::channel();
        let log = Log::start(Slow(allowed, sent)).unwrap();
        log.write(&"first");
        log.write(&"second");
        for _ in 0..3 {
            allow.send(()).unwrap();
        }
        log.close();
        let written: Vec<u8> = received.try_iter().flatten().collect();
        assert_eq!(written, b"\"first\"\n\"second\"\n");
    }

    #[test]
    fn an_output_that_nobody_reads_does_not_hold_up_the_end() {
        let (allow, allowed) = mpsc::channel();
        let (sent, _received) = mpsc::channel();
        let log = Log::start(Slow(allowed, sent)).unwrap();
        log.write(&"stuck");
        log.close();
        drop(allow);
    }

    #[test]
    fn a_reader_that_stops_costs_lines_and_not_time() {
        let (allow, allowed) = mpsc::channel();
        let (sent, received) = mpsc::channel();
        let log = Log::start(Slow(allowed, sent)).unwrap();
        let line = "x".repeat(64 * 1024);
        for _ in 0..200 {
            log.write(&line);
        }
        for _ in 0..10 {
            allow.send(()).unwrap();
        }
        log.close();
        let written: Vec<u8> = received.try_iter().flatten().collect();
        assert!(
            written.len() <= 2 * MAX_WAITING_BYTES + 1024,
            "{}",
            written.len()
        );
        let text = String::from_utf8(written).unwrap();
        assert!(
            text.lines().any(|line| line.contains("lines-lost")),
            "the loss is reported"
        );
    }
}
