//! The early warning about a caller's certificate.

use serde::Serialize;

use client_cert::Principal;

use super::clock::Timestamp;

/// The early warning about a caller's certificate.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExpiryLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    thumbprint: &'a str,
    subject: &'a str,
    not_after: &'a str,
    expires_in_days: i64,
}

impl<'a> ExpiryLine<'a> {
    pub(super) fn new(time: Timestamp, principal: &'a Principal, days: i64) -> Self {
        Self {
            time,
            event: "caller-certificate-expires",
            level: "warning",
            thumbprint: principal.sha256_hex(),
            subject: principal.subject(),
            not_after: principal.not_after(),
            expires_in_days: days,
        }
    }
}
