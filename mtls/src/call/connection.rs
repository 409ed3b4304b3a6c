//! The TLS connection, made as the handler's client makes it, and recorded.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::ssl::{self, Ssl, SslConnector, SslMethod, SslVersion};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_openssl::SslStream;

use super::handshake::Handshake;
use super::interruption::{Interruption, Phase};
use super::plan::Plan;
use super::recorder::{Negotiated, Recorded, Recorder};
use super::target::Target;
use super::trust;

/// How long to wait for the refusal of a TLS 1.3 server that asked for a certificate, before the request is sent. The
/// refusal comes after our side has finished, and a request that crosses it can lose it. Servers that accept send
/// tickets at once.
const REFUSAL_TIMEOUT: Duration = Duration::from_millis(300);

/// The settings of the connection: TLS 1.2 at least, our identity, the trusted roots.
///
/// # Errors
///
/// Settings that OpenSSL does not accept.
pub(super) fn prepare(plan: &Plan, recorder: &Recorder) -> Result<Ssl, ErrorStack> {
    let mut builder = SslConnector::builder(SslMethod::tls_client())?;
    let lowest = plan.version.unwrap_or(SslVersion::TLS1_2);
    builder.set_min_proto_version(Some(lowest))?;
    builder.set_max_proto_version(plan.version)?;
    trust::add(&mut builder, &plan.anchors, plan.anchors_only)?;
    if let Some(identity) = &plan.identity {
        let (key, leaf, intermediates) = identity.parts();
        builder.set_certificate(leaf)?;
        builder.set_private_key(key)?;
        for intermediate in intermediates {
            builder.add_extra_chain_cert(intermediate.clone())?;
        }
    }
    let recorder = recorder.clone();
    builder.set_keylog_callback(move |_, line| recorder.note_secret(line));
    builder.build().configure()?.into_ssl(&plan.target.host)
}

/// Connects and completes the handshake.
///
/// # Errors
///
/// No connection, and a handshake that either side ends.
pub(super) async fn open(
    target: &Target,
    ssl: Ssl,
    recorder: &Recorder,
) -> Result<SslStream<Recorded<TcpStream>>, Interruption> {
    let address = (target.host.as_str(), target.port);
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| Interruption::new(Phase::Connect, &error, None))?;
    let failed = |phase, error: &(dyn Error + 'static)| {
        let greeting = Handshake::of(&recorder.lock()).greeting;
        Interruption::new(phase, error, greeting)
    };
    let stream = Recorded::new(stream, recorder.clone());
    let mut stream =
        SslStream::new(ssl, stream).map_err(|error| failed(Phase::Handshake, &error))?;
    let connected = Pin::new(&mut stream).connect().await;
    recorder.stop(Negotiated::of(stream.ssl()));
    connected.map_err(|error| {
        failed(Phase::Handshake, &error).distrusting(stream.ssl().verify_result())
    })?;
    let refused = listen(&mut stream, recorder).await;
    refused.map_err(|error| failed(Phase::Answer, &error))?;
    Ok(stream)
}

/// Waits for a refusal, if one can still come.
async fn listen(
    stream: &mut SslStream<Recorded<TcpStream>>,
    recorder: &Recorder,
) -> Result<(), ssl::Error> {
    let is_asked = Handshake::of(&recorder.lock()).asked.is_some();
    if !is_asked || stream.ssl().version2() != Some(SslVersion::TLS1_3) {
        return Ok(());
    }
    let before = stream.get_ref().received();
    let refusal = poll_fn(|context| {
        match Pin::new(&mut *stream).poll_peek(context, &mut [0]) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(())),
            // Tickets: the server has accepted.
            Poll::Pending if stream.get_ref().received() > before => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        }
    });
    timeout(REFUSAL_TIMEOUT, refusal).await.unwrap_or(Ok(()))
}
