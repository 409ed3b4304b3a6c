//! The TLS connection, made as the handler's client makes it, and recorded.

use std::error::Error;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::ex_data::Index;
use openssl::ssl::{self, Ssl, SslConnector, SslMethod, SslVersion};
use openssl::x509::X509;
use outbound_mtls::Identity;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_openssl::SslStream;

use super::handshake::Handshake;
use super::interruption::{Interruption, Phase};
use super::recorder::{Negotiated, Recorded, Recorder};
use super::target::Target;
use super::trust;

/// Probes of a silent connection. A machine that slept, or changed its network, learns by them that a stream of events is dead: the
/// server's end of it has been gone for long. A minute of silence ends it.
const KEEP_ALIVE: TcpKeepalive = TcpKeepalive::new()
    .with_time(Duration::from_secs(30))
    .with_interval(Duration::from_secs(10))
    .with_retries(3);

/// A connection after its handshake.
pub(crate) type TlsStream = SslStream<Recorded<TcpStream>>;

/// How long to wait for the refusal of a TLS 1.3 server that asked for a certificate, before the request is sent. The
/// refusal comes after our side has finished, and a request that crosses it can lose it. Servers that accept send
/// tickets at once.
const REFUSAL_TIMEOUT: Duration = Duration::from_millis(300);

/// Our side of connections to servers: the versions that we speak, our identity, the trusted roots.
pub(crate) struct ClientTls {
    connector: SslConnector,
    recorders: Index<Ssl, Recorder>,
}

/// What our side is made of.
pub(crate) struct ClientSide<'a> {
    pub(crate) identity: Option<&'a Identity>,
    /// Roots beside those of the system.
    pub(crate) anchors: &'a [X509],
    /// Whether the system's roots are left out.
    pub(crate) anchors_only: bool,
    /// This version of TLS alone; `None` is TLS 1.2 or later.
    pub(crate) version: Option<SslVersion>,
}

impl ClientTls {
    /// The settings of every connection.
    ///
    /// # Errors
    ///
    /// Settings that OpenSSL does not accept.
    pub(crate) fn new(side: &ClientSide<'_>) -> Result<Self, ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        let lowest = side.version.unwrap_or(SslVersion::TLS1_2);
        builder.set_min_proto_version(Some(lowest))?;
        builder.set_max_proto_version(side.version)?;
        trust::add(&mut builder, side.anchors, side.anchors_only)?;
        if let Some(identity) = side.identity {
            let (key, leaf, intermediates) = identity.parts();
            builder.set_certificate(leaf)?;
            builder.set_private_key(key)?;
            for intermediate in intermediates {
                builder.add_extra_chain_cert(intermediate.clone())?;
            }
        }
        let recorders = Ssl::new_ex_index::<Recorder>()?;
        builder.set_keylog_callback(move |ssl, line| {
            if let Some(recorder) = ssl.ex_data(recorders) {
                recorder.note_secret(line);
            }
        });
        Ok(Self {
            connector: builder.build(),
            recorders,
        })
    }

    /// One connection to a server of this name, which the recorder gets to see.
    ///
    /// # Errors
    ///
    /// A name that OpenSSL does not accept.
    pub(crate) fn connection(&self, host: &str, recorder: &Recorder) -> Result<Ssl, ErrorStack> {
        let mut ssl = self.connector.configure()?.into_ssl(host)?;
        ssl.set_ex_data(self.recorders, recorder.clone());
        Ok(ssl)
    }
}

/// Connects and completes the handshake.
///
/// # Errors
///
/// No connection, and a handshake that either side ends.
pub(crate) async fn open(
    target: &Target,
    ssl: Ssl,
    recorder: &Recorder,
) -> Result<TlsStream, Interruption> {
    let stream = reach(target)
        .await
        .map_err(|error| Interruption::new(Phase::Connect, &error, None))?;
    let stream = Recorded::new(stream, recorder.clone());
    let mut stream =
        SslStream::new(ssl, stream).map_err(|error| failed(recorder, Phase::Handshake, &error))?;
    let connected = Pin::new(&mut stream).connect().await;
    recorder.stop(Negotiated::of(stream.ssl()));
    connected.map_err(|error| {
        failed(recorder, Phase::Handshake, &error).distrusting(stream.ssl().verify_result())
    })?;
    Ok(stream)
}

/// A TCP connection that waits for no acknowledgement and notices that the other side is gone.
async fn reach(target: &Target) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((target.host.as_str(), target.port)).await?;
    // Only latency, and when a dead connection is noticed, are at stake.
    let _ = stream.set_nodelay(true);
    let _ = SockRef::from(&stream).set_tcp_keepalive(&KEEP_ALIVE);
    Ok(stream)
}

/// Waits for a refusal, if one can still come.
///
/// # Errors
///
/// A refusal.
pub(crate) async fn listen(
    stream: &mut TlsStream,
    recorder: &Recorder,
) -> Result<(), Interruption> {
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
    let refused: Result<(), ssl::Error> = timeout(REFUSAL_TIMEOUT, refusal).await.unwrap_or(Ok(()));
    refused.map_err(|error| failed(recorder, Phase::Answer, &error))
}

fn failed(recorder: &Recorder, phase: Phase, error: &(dyn Error + 'static)) -> Interruption {
    let greeting = Handshake::of(&recorder.lock()).greeting;
    Interruption::new(phase, error, greeting)
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_is_probed_while_it_is_silent() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", server.local_addr().unwrap());
        let stream = reach(&Target::parse(&url).unwrap()).await.unwrap();
        assert!(SockRef::from(&stream).keepalive().unwrap());
        assert!(stream.nodelay().unwrap());
    }
}
