//! The outbound client of this process: kept fresh, with its notices and failures as lines of the log.

use std::io::{self, Write as _};
use std::sync::Arc;

use app_settings::Problem;
use functions_handler::functions::InvocationId;
use functions_handler::server::{Log, Timestamp};
use functions_handler::{Hangups, Start};
use outbound_mtls::reqwest::Url;
use outbound_mtls::{CallError, Notice, Outbound, OutboundSettings, RELOAD_INTERVAL};
use serde::Serialize;

use super::remote_api;

/// The client that presents our certificate and the service that it calls, if both are configured.
///
/// # Errors
///
/// What is wrong with the settings.
pub(super) fn service(start: &mut Start<'_>) -> Result<Option<(Arc<Outbound>, Url)>, Vec<Problem>> {
    let environment = start.environment();
    let url = remote_api::url(environment);
    let settings = OutboundSettings::parse(environment, start.app_root());
    let (url, settings) = match (url, settings) {
        (Ok(url), Ok(settings)) => (url, settings),
        (url, settings) => {
            let problems = [settings.err(), url.err()];
            return Err(problems.into_iter().flatten().flatten().collect());
        }
    };
    let log = start.log().clone();
    let client = settings.map(|settings| {
        let builder = settings
            .into_builder()
            .clock(|| Timestamp::now().instant())
            .on_notice(move |notice| record(&log, &notice));
        Arc::new(builder.build())
    });
    if let Some(client) = &client {
        let client = Arc::clone(client);
        start.in_background(|hangups| keep_fresh(client, hangups));
    }
    Ok(client.zip(url))
}

/// Loads the identity, and loads it again when its file changes or the process gets SIGHUP.
async fn keep_fresh(client: Arc<Outbound>, mut hangups: Hangups) {
    client.reload().await;
    tokio::spawn({
        let client = Arc::clone(&client);
        async move { client.watch(RELOAD_INTERVAL).await }
    });
    loop {
        hangups.next().await;
        client.reload().await;
    }
}

fn record(log: &Log, notice: &Notice) {
    #[derive(Serialize)]
    struct Line<'a> {
        time: Timestamp,
        #[serde(flatten)]
        notice: &'a Notice,
    }
    if let Notice::LoadFailed { detail, .. } = notice {
        page(detail);
    }
    let time = Timestamp::now();
    log.write(&Line { time, notice });
}

/// Standard error becomes an error in the host's telemetry, which pages somebody. That nobody reads it is no reason to
/// panic.
fn page(detail: &str) {
    let _ = writeln!(
        io::stderr().lock(),
        "outbound identity not loaded: {detail}"
    );
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallFailed<'a> {
    time: Timestamp,
    event: &'static str,
    level: &'static str,
    invocation_id: InvocationId,
    reason: &'static str,
    detail: &'a str,
}

impl<'a> CallFailed<'a> {
    pub(super) fn new(invocation_id: InvocationId, error: &'a CallError) -> Self {
        Self {
            time: Timestamp::now(),
            event: "outbound-call-failed",
            level: "error",
            invocation_id,
            reason: error.kind().reason(),
            detail: error.detail(),
        }
    }
}
