//! A body that comes too slowly (`KestrelServerLimits.cs`: `MinRequestBodyDataRate`).

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use crate::body::{Body, Unbuffered};

/// Bytes of a body that must come each second, on average.
const BYTES_A_SECOND: f64 = 240.0;

/// How long a body may be slower.
const GRACE: Duration = Duration::from_secs(5);

/// The time until Kestrel, which looks once a second, sees it.
const TICK: Duration = Duration::from_secs(1);

/// All of a body of at most `limit` bytes.
///
/// # Errors
///
/// [`Unbuffered`], also for one that comes too slowly.
pub(in crate::stand_in) async fn read_in_time(
    body: &mut Body,
    limit: usize,
) -> Result<Bytes, Unbuffered> {
    if body.is_longer_than(limit) {
        return Err(Unbuffered::TooLong);
    }
    let began = Instant::now();
    let mut whole: Vec<u8> = Vec::new();
    loop {
        let deadline = began + allowance(whole.len());
        match tokio::time::timeout_at(deadline, body.next()).await {
            Ok(Some(Ok(data))) if whole.len() + data.len() > limit => {
                return Err(Unbuffered::TooLong);
            }
            Ok(Some(Ok(data))) => whole.extend_from_slice(&data),
            Ok(None) => return Ok(whole.into()),
            Ok(Some(Err(_))) | Err(_) => return Err(Unbuffered::Broken),
        }
    }
}

/// How long so many bytes may have taken.
fn allowance(bytes: usize) -> Duration {
    let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
    Duration::from_secs_f64(f64::from(bytes) / BYTES_A_SECOND).max(GRACE) + TICK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_five_seconds_and_then_its_rate() {
        assert_eq!(allowance(0), GRACE + TICK);
        assert_eq!(allowance(1200), GRACE + TICK);
        assert_eq!(allowance(2400), Duration::from_secs(10) + TICK);
    }
}
