//! One call from its first byte to its report.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use openssl::ssl::Ssl;
use rustls_pki_types::UnixTime;
use tokio::time::timeout;

use super::connection::{self, ClientSide, ClientTls};
use super::handshake::Handshake;
use super::interruption::{Interruption, Phase};
use super::plan::Plan;
use super::recorder::Recorder;
use super::report::Report;
use super::response::{self, Response};
use super::target::Target;
use crate::Failure;

/// Makes the call and reports its outcome.
///
/// # Errors
///
/// A request that cannot be made at all. A call that fails is a report.
pub(super) async fn run(plan: Plan, now: UnixTime) -> Result<Report, Failure> {
    let recorder = Recorder::default();
    let side = ClientSide {
        identity: plan.identity.as_ref(),
        anchors: &plan.anchors,
        anchors_only: plan.anchors_only,
        version: plan.version,
    };
    let ssl = ClientTls::new(&side)
        .and_then(|tls| tls.connection(&plan.target.host, &recorder))
        .map_err(|error| Failure::No(format!("OpenSSL cannot prepare the connection: {error}")))?;
    let request = plan.request.into_request(&plan.target);
    let request =
        request.map_err(|error| Failure::No(format!("the request cannot be made: {error}")))?;
    let attempt = attempt(&plan.target, ssl, request, &recorder);
    let outcome = timeout(plan.timeout, attempt)
        .await
        .unwrap_or_else(|_| Err(Interruption::late(recorder.reached())));
    let recording = recorder.lock();
    Ok(Report::new(
        plan.target.url,
        outcome,
        Handshake::of(&recording),
        recording.negotiated.clone(),
        now,
    ))
}

async fn attempt(
    target: &Target,
    ssl: Ssl,
    request: Request<Full<Bytes>>,
    recorder: &Recorder,
) -> Result<Response, Interruption> {
    let mut stream = connection::open(target, ssl, recorder).await?;
    connection::listen(&mut stream, recorder).await?;
    response::of(stream, request).await.map_err(|error| {
        let greeting = Handshake::of(&recorder.lock()).greeting;
        Interruption::new(Phase::Answer, &error, greeting)
    })
}
