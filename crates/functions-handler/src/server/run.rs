//! One run of an implementation: within its time, caught if it panics, and its outputs matched with bindings.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::functions::{Outputs, Reply, ReplyBody};
use crate::host::Output;

use super::failed::Failed;

/// What an implementation answered.
pub(super) struct Finished {
    pub(super) response: Response<ReplyBody>,
    pub(super) outputs: Vec<(Output, Value)>,
}

impl Finished {
    /// The answer in this reply, with values for these bindings alone.
    pub(super) fn new(reply: Reply, bindings: &[Output]) -> Result<Self, Failed> {
        let (response, outputs) = reply
            .into_parts()
            .map_err(|mistake| Failed::Reply(mistake.to_owned()))?;
        let outputs = bound(outputs, bindings)?;
        Ok(Self { response, outputs })
    }
}

/// The bindings that values are meant for.
pub(super) fn bound(outputs: Outputs, bindings: &[Output]) -> Result<Vec<(Output, Value)>, Failed> {
    let bound = outputs.into_values().into_iter().map(|(name, value)| {
        let output = bindings.iter().find(|output| output.name == name);
        output.cloned().zip(value).ok_or(Failed::Output(name))
    });
    bound.collect()
}

/// Runs what `start` makes for at most `limit`. A panic does not end the process, also not one before the first await.
pub(super) async fn caught<T, R>(
    limit: Option<Duration>,
    start: impl FnOnce() -> R,
) -> Result<T, Failed>
where
    R: Future<Output = T>,
{
    let run = AssertUnwindSafe(async move { start().await }).catch_unwind();
    let result = match limit {
        Some(limit) => timeout(limit, run).await.map_err(|_| Failed::TimedOut)?,
        None => run.await,
    };
    result.map_err(|_| Failed::Panicked)
}
