//! `CertInfo`: shows admitted callers what was read from their certificate, and as whom they are admitted.

use serde_json::json;

use client_cert::{CallerName, Permit, RoleName};

use functions_handler::functions::{Invocation, Reply};

pub(super) async fn run(permit: Permit, _: Invocation) -> Reply {
    let principal = permit.principal();
    let roles: Vec<&str> = permit.roles().iter().map(RoleName::as_str).collect();
    Reply::ok(&json!({
        "caller": permit.caller().map(CallerName::as_str),
        "commonName": principal.common_name(),
        "notAfter": principal.not_after(),
        "policy": permit.policy().map(|version| version.to_string()),
        "revocation": permit.revocation().as_str(),
        "roles": roles,
        "rule": permit.rule().to_string(),
        "serial": principal.serial(),
        "sha1Thumbprint": principal.sha1().hex(),
        "sha256Thumbprint": principal.sha256_hex(),
        "subject": principal.subject(),
    }))
}
