//! Lines on their way to a writer that may block.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

/// How much may wait for a writer, in bytes. What comes then is dropped: the server must not wait.
const WAITING_LIMIT: usize = 4 * 1024 * 1024;

/// One writer with the lines that wait for it. A clone is the same.
#[derive(Clone)]
pub(crate) struct Relay {
    items: mpsc::UnboundedSender<Item>,
    waiting: Arc<AtomicUsize>,
    dropped: Arc<AtomicUsize>,
}

enum Item {
    Line(Vec<u8>),
    /// Everything before it has been written.
    Mark(oneshot::Sender<()>),
}

impl Relay {
    /// Starts the thread that writes; it ends when every clone is gone.
    pub(crate) fn new(writer: Box<dyn Write + Send>) -> Self {
        let (items, received) = mpsc::unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let written = waiting.clone();
        thread::spawn(move || write(writer, received, &written));
        Self {
            items,
            waiting,
            dropped: Arc::default(),
        }
    }

    /// Hands one line over; never waits.
    pub(super) fn push(&self, line: Vec<u8>) {
        if self.waiting.load(Ordering::Relaxed) + line.len() > WAITING_LIMIT {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.say_what_was_dropped();
        self.send(line);
    }

    /// Waits until everything so far is written, for a bounded time.
    pub(crate) async fn flush(&self, limit: Duration) {
        self.say_what_was_dropped();
        let (mark, reached) = oneshot::channel();
        // A writer that blocks keeps what waits for it.
        if self.items.send(Item::Mark(mark)).is_ok() {
            let _ = tokio::time::timeout(limit, reached).await;
        }
    }

    fn say_what_was_dropped(&self) {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let said =
                format!("[{dropped} lines of the server were dropped here: nobody read them]\n");
            self.send(said.into_bytes());
        }
    }

    fn send(&self, line: Vec<u8>) {
        self.waiting.fetch_add(line.len(), Ordering::Relaxed);
        // The thread ends after its last sender.
        let _ = self.items.send(Item::Line(line));
    }
}

fn write(
    mut writer: Box<dyn Write + Send>,
    mut items: mpsc::UnboundedReceiver<Item>,
    waiting: &AtomicUsize,
) {
    while let Some(item) = items.blocking_recv() {
        match item {
            Item::Line(line) => {
                // Nobody may read any longer; the server goes on.
                let _ = writer.write_all(&line).and_then(|()| writer.flush());
                waiting.fetch_sub(line.len(), Ordering::Relaxed);
            }
            Item::Mark(mark) => {
                let _ = mark.send(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as std_mpsc;

    use super::*;

    /// Writes when it is let.
    struct Gate {
        open: std_mpsc::Receiver<()>,
        written: std_mpsc::Sender<Vec<u8>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.open.recv().map_err(std::io::Error::other)?;
            self.written.send(bytes.to_vec()).unwrap();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_writer_that_blocks_costs_bounded_memory_and_lines_that_are_counted() {
        let (opener, open) = std_mpsc::channel();
        let (written, lines) = std_mpsc::channel();
        let relay = Relay::new(Box::new(Gate { open, written }));
        let line = vec![b'x'; 1024 * 1024];
        for _ in 0..10 {
            relay.push(line.clone());
        }
        assert!(relay.waiting.load(Ordering::Relaxed) <= WAITING_LIMIT);
        for _ in 0..6 {
            opener.send(()).unwrap();
        }
        relay.flush(Duration::from_secs(20)).await;
        relay.push(b"next\n".to_vec());
        relay.flush(Duration::from_secs(20)).await;
        let lines: Vec<_> = lines.try_iter().collect();
        assert_eq!(lines.len(), 6);
        assert!(lines[..4].iter().all(|found| *found == line));
        assert!(lines[4].starts_with(b"[6 lines of the server were dropped"));
        assert_eq!(lines[5], b"next\n");
    }
}
