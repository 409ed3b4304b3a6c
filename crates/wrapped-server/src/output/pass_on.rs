//! Reads what the server prints, always.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::task::JoinSet;

use super::lines::Lines;
use super::{LastLines, Relay};

/// How much is read at once, in bytes.
const READ_SIZE: usize = 64 * 1024;

/// How long the last lines may take once the server is gone: to be read, and to be written.
const FINISH_LIMIT: Duration = Duration::from_secs(1);

/// Both streams of one life of the server.
pub(crate) struct PassedOn {
    readers: JoinSet<()>,
    relays: Vec<Relay>,
    last_lines: LastLines,
}

impl PassedOn {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            readers: JoinSet::new(),
            relays: Vec::new(),
            last_lines: LastLines::default(),
        }
    }

    /// Reads a stream to its end, whatever becomes of the writer.
    pub(crate) fn add(&mut self, pipe: impl AsyncRead + Unpin + Send + 'static, to: &Relay) {
        self.relays.push(to.clone());
        self.readers
            .spawn(pass_on(pipe, to.clone(), self.last_lines.clone()));
    }

    /// The last lines so far.
    pub(crate) fn last_lines(&self) -> &LastLines {
        &self.last_lines
    }

    /// Lets the last lines through. A process that nobody could kill may hold the pipes open for ever.
    pub(crate) async fn finish(&mut self) {
        let all = async { while self.readers.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(FINISH_LIMIT, all).await;
        for relay in &self.relays {
            relay.flush(FINISH_LIMIT).await;
        }
    }
}

async fn pass_on(pipe: impl AsyncRead + Unpin, relay: Relay, last_lines: LastLines) {
    let mut reader = BufReader::with_capacity(READ_SIZE, pipe);
    let mut lines = Lines::default();
    let line = |line: Vec<u8>| {
        last_lines.push(&line);
        relay.push(line);
    };
    loop {
        let read = match reader.fill_buf().await {
            Ok([]) | Err(_) => break,
            Ok(read) => {
                lines.feed(read, line);
                read.len()
            }
        };
        reader.consume(read);
    }
    lines.finish(line);
}
