//! The app that the tests of the engine and of the tool start: one function of each kind.

use std::process::ExitCode;

use app_settings::DeclaredSettings;
use client_cert::Permit;
use functions_handler::Handler;
use functions_handler::functions::{BodyError, FunctionBody, Invocation, Registry, Reply};
use http::StatusCode;
use serde_json::json;

/// The output binding of `QueueOutput`.
const MESSAGE: &str = "message";

/// A setting of the app's own below a prefix of the engine's.
const DECLARED: DeclaredSettings = DeclaredSettings::new(&[], &["CLIENT_CERTIFICATE_X"]);

/// The most bytes of a message: a message of a storage queue has 64 KiB, and is base64 by default.
const MAX_MESSAGE_BYTES: usize = 48 * 1024;

fn main() -> ExitCode {
    Handler::new().declare(DECLARED).run(|_| {
        Ok(Registry::from([
            ("CertInfo", FunctionBody::secured(cert_info)),
            ("Health", FunctionBody::public(health)),
            ("OutboundMtls", FunctionBody::secured(secured)),
            ("PublicFunction", FunctionBody::public(public)),
            ("QueueOutput", FunctionBody::secured(queue_output)),
            ("SecuredFunction", FunctionBody::secured(secured)),
        ]))
    })
}

async fn public(_: Invocation) -> Reply {
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
        Ok(bytes) if bytes.is_empty() => problem(StatusCode::BAD_REQUEST),
        Ok(bytes) => match str::from_utf8(&bytes) {
            Ok(text) => Reply::accepted(&json!({"Msg": "Queued"})).with_output(MESSAGE, &text),
            Err(_) => problem(StatusCode::BAD_REQUEST),
        },
        Err(BodyError::TooLarge { .. }) => problem(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => problem(StatusCode::BAD_REQUEST),
    }
}

fn problem(status: StatusCode) -> Reply {
    Reply::problem(
        status,
        &json!({"type": "about:blank", "status": status.as_u16()}),
    )
}
