//! The app that the tests of the engine and of the tool start: one function of each kind.

use std::process::ExitCode;

use app_settings::DeclaredSettings;
use client_cert::Permit;
use functions_handler::Handler;
use functions_handler::functions::{BodyError, Invocation, Registry, Reply};
use http::StatusCode;
use serde_json::json;

/// The output binding of `QueueOutput`.
const MESSAGE: &str = "message";

/// A setting of the app's own below a prefix of the engine's.
const DECLARED: DeclaredSettings = DeclaredSettings::new(&[], &["CLIENT_CERTIFICATE_X"]);

/// The most bytes of a message: a message of a storage queue has 64 KiB, and is base64 by default.
const MAX_MESSAGE_BYTES: usize = 48 * 1024;

fn main() -> ExitCode {
    let registry = Registry::new()
        .secured("CertInfo", cert_info)
        .public("Health", health)
        .secured("OutboundMtls", secured)
        .public("PublicFunction", public)
        .secured("QueueOutput", queue_output)
        .secured("SecuredFunction", secured);
    Handler::new().declare(DECLARED).run(registry)
}

/// Panics where the query asks for it.
async fn public(invocation: Invocation) -> Reply {
    assert_ne!(invocation.head.uri.query(), Some("panics"));
    Reply::ok(&json!({"Msg": "Public Azure Function called"}))
}

async fn secured(_: Permit, _: Invocation) -> Reply {
    Reply::ok(&json!({"Msg": "Secured Azure Function called"}))
}

async fn health(_: Invocation) -> Reply {
    Reply::ok(&json!({"status": "ok"}))
}

async fn cert_info(permit: Permit, _: Invocation) -> Reply {
    let principal = permit.principal();
    Reply::ok(&json!({
        "commonName": principal.common_name(),
        "sha1Thumbprint": principal.sha1().hex(),
        "sha256Thumbprint": principal.sha256_hex(),
        "subject": principal.subject(),
    }))
}

async fn queue_output(_: Permit, mut invocation: Invocation) -> Reply {
    match invocation.body.read(MAX_MESSAGE_BYTES).await {
        Ok(bytes) => match str::from_utf8(&bytes) {
            Ok(text) if !text.is_empty() => {
                Reply::accepted(&json!({"Msg": "Queued"})).with_output(MESSAGE, &text)
            }
            _ => StatusCode::BAD_REQUEST.into(),
        },
        Err(BodyError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE.into(),
        Err(_) => StatusCode::BAD_REQUEST.into(),
    }
}
