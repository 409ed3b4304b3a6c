//! `CertInfo`: tells an admitted caller what we read from his certificate.

use serde_json::json;

use client_cert::Permit;

use functions_handler::functions::{Invocation, Reply};

pub(super) async fn run(permit: Permit, _: Invocation) -> Reply {
    let principal = permit.principal();
    Reply::ok(&json!({
        "commonName": principal.common_name(),
        "notAfter": principal.not_after(),
        "serial": principal.serial(),
        "sha1Thumbprint": principal.sha1().hex(),
        "sha256Thumbprint": principal.sha256_hex(),
        "subject": principal.subject(),
    }))
}
