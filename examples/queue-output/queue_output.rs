//! An app with one function, `QueueOutput`: puts the text of a request on a queue, for callers whose certificate is admitted.

use std::process::ExitCode;

use client_cert::Permit;
use functions_handler::functions::{BodyError, Invocation, Registry, Reply};
use http::StatusCode;
use serde::Serialize;

fn main() -> ExitCode {
    functions_handler::run(Registry::new().secured("QueueOutput", run))
}

/// The output binding in `QueueOutput/function.json`.
const MESSAGE: &str = "message";

/// The most bytes of a message: a message of a storage queue has 64 KiB, and is base64 by default.
const MAX_MESSAGE_BYTES: usize = 48 * 1024;

#[derive(Serialize)]
struct Answer {
    #[serde(rename = "Msg")]
    msg: &'static str,
}

async fn run(_: Permit, mut invocation: Invocation) -> Reply {
    let text = match invocation.body.read(MAX_MESSAGE_BYTES).await {
        Ok(bytes) => String::from_utf8(bytes.into()),
        Err(BodyError::TooLarge { .. }) => {
            let detail = "The message is longer than 48 KiB.";
            return invocation.problem(StatusCode::PAYLOAD_TOO_LARGE, detail);
        }
        Err(_) => {
            return invocation
                .problem(StatusCode::BAD_REQUEST, "The message did not arrive whole.");
        }
    };
    match text {
        Ok(text) if !text.is_empty() => {
            Reply::accepted(&Answer { msg: "Queued" }).with_output(MESSAGE, &text)
        }
        _ => invocation.problem(StatusCode::BAD_REQUEST, "The request has no text to queue."),
    }
}
