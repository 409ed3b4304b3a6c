//! The text of an envelope: in time, and read where it holds nobody up.

use std::panic::resume_unwind;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::functions::BodyError;
use crate::host::{Envelope, EnvelopeError, HttpRequest, Room};

use super::held::Held;
use super::unreadable::Unreadable;

/// How long an envelope may take to arrive. The host has all of it in memory, and the largest takes well under a
/// second over loopback; the rest is for a busy machine.
const ENVELOPE_READ_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest text that is read where requests are answered, in bytes: some milliseconds. A longer one is read on a thread
/// of its own, so that no other request waits for it.
const MAX_TEXT_BESIDE_REQUESTS: usize = 1024 * 1024;

/// What is read of an envelope in time.
pub(super) async fn within<T>(
    read: impl Future<Output = Result<T, Unreadable>>,
) -> Result<T, Unreadable> {
    timeout(ENVELOPE_READ_TIMEOUT, read)
        .await
        .unwrap_or(Err(Unreadable::Body(BodyError::Interrupted)))
}

/// The request in an envelope that has arrived whole.
pub(super) async fn request<R: Room + Send + 'static>(
    held: Held,
    binding: &str,
    room: R,
) -> Result<(HttpRequest, R), Unreadable> {
    let binding = binding.to_owned();
    apart(held, room, move |text, room| {
        Envelope::parse_request(text, room)?.into_http(&binding, room)
    })
    .await
}

/// Reads a text where it holds no other request up, drops it, and gives the room back that what was read takes.
pub(super) async fn apart<T, R>(
    held: Held,
    mut room: R,
    read: impl FnOnce(&[u8], &mut R) -> Result<T, EnvelopeError> + Send + 'static,
) -> Result<(T, R), Unreadable>
where
    T: Send + 'static,
    R: Send + 'static,
{
    let is_long = held.text().len() > MAX_TEXT_BESIDE_REQUESTS;
    let run = move || read(held.text(), &mut room).map(|found| (found, room));
    let result = match is_long {
        true => match spawn_blocking(run).await {
            Ok(result) => result,
            Err(error) => resume_unwind(error.into_panic()),
        },
        false => run(),
    };
    Ok(result?)
}
