//! The answer to a call, and which identity it was made with.

use std::time::Duration;

use reqwest::{Response, StatusCode};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;

use super::identity::Facts;

/// How much of an answer is read by [`Answer::discard`] so that its connection serves the next call; if there is
/// more, the connection is closed.
const MAX_DISCARDED_BYTES: usize = 64 * 1024;

/// How long a place is kept after its call. The pool takes a connection back a little after the answer has been
/// read; a call that came in between would open another. Seen: 8 places and up to 21 connections without this.
const COOL_DOWN: Duration = Duration::from_millis(5);

/// An answer of any status. It occupies one of the [`connections`](crate::Limits::connections) until it is read,
/// discarded or dropped.
#[derive(Debug)]
pub struct Answer {
    response: Response,
    identity: Facts,
    place: OwnedSemaphorePermit,
}

impl Answer {
    pub(super) fn new(response: Response, identity: Facts, place: OwnedSemaphorePermit) -> Self {
        Self {
            response,
            identity,
            place,
        }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The identity that was presented. It may have been replaced since the call began.
    pub fn identity(&self) -> &Facts {
        &self.identity
    }

    /// The answer, to read headers and body from. The body's size is not limited here: read it with
    /// [`Response::chunk`] and stop where you must.
    pub fn response(&mut self) -> &mut Response {
        &mut self.response
    }

    /// Reads the rest of the answer, up to 64 kB, so that its connection can serve the next call.
    ///
    /// An error while reading is not reported: whoever discards a body has what they need.
    pub async fn discard(mut self) {
        let mut left = MAX_DISCARDED_BYTES;
        while let Ok(Some(chunk)) = self.response.chunk().await {
            match left.checked_sub(chunk.len()) {
                Some(rest) => left = rest,
                None => break,
            }
        }
        tokio::spawn(cool_down(self.place));
    }
}

async fn cool_down(place: OwnedSemaphorePermit) {
    sleep(COOL_DOWN).await;
    drop(place);
}
