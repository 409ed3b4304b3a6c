//! The outbound client of this process: kept fresh, and its notices as lines of the log.

use std::io::{self, Write as _};
use std::sync::Arc;

use app_settings::Problem;
use client_cert::rfc3339;
use functions_handler::functions::InvocationId;
use functions_handler::server::{Log, Timestamp};
use functions_handler::{Hangups, Start};
use outbound_mtls::{Facts, Limits, Notice, Outbound, OutboundSettings, RELOAD_INTERVAL};
use serde::Serialize;

use crate::functions::OutboundCalls;

/// The outbound client, where one is configured.
pub(super) struct Outgoing {
    outbound: Option<Arc<Outbound>>,
    log: Log,
}

impl Outgoing {
    /// The client that the settings describe, kept fresh from when the handler listens.
    pub(super) fn new(start: &mut Start<'_>) -> Result<Self, Vec<Problem>> {
        let environment = start.environment();
        let get = |name: &str| environment.get(name).map(ToOwned::to_owned);
        let settings = OutboundSettings::parse(&get, start.app_root())?;
        let log = start.log().clone();
        let notices = log.clone();
        let notify = Arc::new(move |notice| write(&notices, notice));
        let clock = Arc::new(|| Timestamp::now().instant());
        let outbound = settings
            .map(|settings| Arc::new(Outbound::new(settings, Limits::default(), clock, notify)));
        if let Some(outbound) = &outbound {
            let outbound = Arc::clone(outbound);
            start.in_background(|hangups| keep_fresh(outbound, hangups));
        }
        Ok(Self { outbound, log })
    }

    /// What the function's body calls through.
    pub(super) fn calls(&self) -> OutboundCalls {
        let log = self.log.clone();
        OutboundCalls::new(self.outbound.clone(), move |invocation_id, error| {
            log.write(&CallLine {
                time: Timestamp::now(),
                event: "outbound-call-failed",
                level: "error",
                invocation_id,
                reason: error.kind().reason(),
                detail: error.detail(),
            });
        })
    }
}

/// Loads the identity, and loads it again when its file changes or the process gets SIGHUP.
async fn keep_fresh(outbound: Arc<Outbound>, mut hangups: Hangups) {
    outbound.reload().await;
    tokio::spawn({
        let outbound = Arc::clone(&outbound);
        async move { outbound.watch(RELOAD_INTERVAL).await }
    });
    loop {
        hangups.next().await;
        outbound.reload().await;
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallLine<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: InvocationId,
    reason: &'static str,
    detail: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IdentityLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    thumbprint: String,
    not_after: String,
    chain_length: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in_days: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureLine {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    detail: String,
    previous_in_use: bool,
}

impl IdentityLine {
    fn new(event: &'static str, level: &'static str, facts: &Facts) -> Self {
        Self {
            time: Timestamp::now(),
            event,
            level,
            thumbprint: facts.sha256.hex(),
            not_after: rfc3339(i64::try_from(facts.not_after.as_secs()).unwrap_or(i64::MAX)),
            chain_length: facts.chain_length,
            warnings: facts.warnings.iter().map(ToString::to_string).collect(),
            expires_in_days: None,
        }
    }
}

fn write(log: &Log, notice: Notice) {
    match notice {
        Notice::Loaded(facts) => log.write(&IdentityLine::new(
            "outbound-identity-loaded",
            "information",
            &facts,
        )),
        Notice::Expiring { facts, days } => log.write(&IdentityLine {
            expires_in_days: Some(days),
            ..IdentityLine::new("outbound-identity-expires", "warning", &facts)
        }),
        Notice::LoadFailed {
            detail,
            previous_in_use,
        } => {
            page(&detail);
            log.write(&FailureLine {
                time: Timestamp::now(),
                event: "outbound-identity-failed",
                level: "error",
                detail,
                previous_in_use,
            });
        }
        // Kinds that a later version of the library adds are no reason to stop.
        _ => {}
    }
}

/// Standard error becomes an error in the host's telemetry, which pages somebody. Nobody may read it: that is no reason
/// to panic.
fn page(detail: &str) {
    let _ = writeln!(
        io::stderr().lock(),
        "outbound identity not loaded: {detail}"
    );
}
