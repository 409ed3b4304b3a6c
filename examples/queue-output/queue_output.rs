//! An app with one function, `QueueOutput`: puts the text of a request on a queue, for callers whose certificate we admit.

use std::process::ExitCode;

use client_cert::Permit;
use functions_handler::Handler;
use functions_handler::functions::{BodyError, FunctionBody, Invocation, Registry, Reply};
use http::StatusCode;
use serde::Serialize;

fn main() -> ExitCode {
    Handler::new().run(|_| {
        Ok(Registry::from([(
            "QueueOutput",
            FunctionBody::secured(run),
        )]))
    })
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

/// A problem document (RFC 9457).
#[derive(Serialize)]
struct Refused {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
}

async fn run(_: Permit, mut invocation: Invocation) -> Reply {
    let text = match invocation.body.read(MAX_MESSAGE_BYTES).await {
        Ok(bytes) => String::from_utf8(bytes.into()),
        Err(BodyError::TooLarge { .. }) => {
            let detail = "The message is longer than 48 KiB.";
            return refused(StatusCode::PAYLOAD_TOO_LARGE, detail);
        }
        Err(_) => {
            return refused(StatusCode::BAD_REQUEST, "The message did not arrive whole.");
        }
    };
    match text {
        Ok(text) if !text.is_empty() => {
            Reply::accepted(&Answer { msg: "Queued" }).with_output(MESSAGE, &text)
        }
        _ => refused(StatusCode::BAD_REQUEST, "The request has no text to queue."),
    }
}

fn refused(status: StatusCode, detail: &'static str) -> Reply {
    let document = Refused {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or_default(),
        status: status.as_u16(),
        detail,
    };
    Reply::problem(status, &document)
}
