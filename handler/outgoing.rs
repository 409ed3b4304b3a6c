//! The outbound client of this process: kept fresh, and its notices as lines of the log.

#[cfg(unix)]
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use handler::Problem;
use handler::auth::rfc3339;
use handler::config::Environment;
use handler::functions::{InvocationId, OutboundCalls};
use handler::outbound::{Facts, Limits, Notice, Outbound, OutboundSettings, RELOAD_INTERVAL};
use handler::server::{Log, Timestamp};
use serde::Serialize;

/// Reads the outbound settings.
pub(super) fn settings(
    environment: &Environment,
    root: &Path,
) -> Result<Option<OutboundSettings>, Vec<Problem>> {
    OutboundSettings::parse(&|name| environment.get(name).map(ToOwned::to_owned), root)
}

/// The outbound client, where one is configured.
pub(super) struct Outgoing {
    outbound: Option<Arc<Outbound>>,
    log: Log,
}

impl Outgoing {
    pub(super) fn new(settings: Option<OutboundSettings>, log: &Log) -> Self {
        let notices = log.clone();
        let notify = Arc::new(move |notice| write(&notices, notice));
        let clock = Arc::new(|| Timestamp::now().instant());
        let outbound = settings
            .map(|settings| Arc::new(Outbound::new(settings, Limits::default(), clock, notify)));
        Self {
            outbound,
            log: log.clone(),
        }
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

    /// Loads the identity, and loads it again when its file changes or the process gets SIGHUP.
    ///
    /// The signal is taken at once, before the work is awaited, and without an outbound client as well: by default it
    /// would end the process.
    pub(super) fn keep_fresh(self) -> impl Future<Output = ()> {
        let hangups = Hangups::new();
        self.reload_from_now_on(hangups)
    }

    async fn reload_from_now_on(self, hangups: Hangups) {
        if let Some(outbound) = &self.outbound {
            outbound.reload().await;
            tokio::spawn({
                let outbound = Arc::clone(outbound);
                async move { outbound.watch(RELOAD_INTERVAL).await }
            });
        }
        self.reload_at(hangups).await;
    }

    #[cfg(unix)]
    async fn reload_at(self, hangups: Hangups) {
        let Ok(mut hangup) = hangups.0 else { return };
        while hangup.recv().await.is_some() {
            if let Some(outbound) = &self.outbound {
                outbound.reload().await;
            }
        }
    }

    #[cfg(not(unix))]
    async fn reload_at(self, _: Hangups) {}
}

/// The signal SIGHUP, where there is one.
#[cfg(unix)]
struct Hangups(io::Result<tokio::signal::unix::Signal>);

#[cfg(not(unix))]
struct Hangups;

impl Hangups {
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self(signal(SignalKind::hangup()))
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self
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
