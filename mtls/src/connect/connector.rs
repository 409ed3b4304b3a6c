//! Connections to the app, which present our certificate.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::timeout;
use upstream::Connect;

use super::trouble::Trouble;
use crate::call::{
    ClientTls, Handshake, Interruption, Phase, Recorder, Target, TlsStream, listen, open,
};

/// How long a connection may take to be made, with its handshake: as long as a whole call of `mtls call`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// Makes connections to one app with one identity.
pub(super) struct Connector {
    target: Arc<Target>,
    tls: ClientTls,
    /// What was seen of the connection that was made last; one whose handshake is under way or fails leaves it alone.
    latest: Mutex<Recorder>,
}

impl Connector {
    pub(super) fn new(target: Arc<Target>, tls: ClientTls) -> Self {
        Self {
            target,
            tls,
            latest: Mutex::default(),
        }
    }

    /// Makes a connection and waits for its refusal. What the handshake showed.
    ///
    /// # Errors
    ///
    /// Why there is no connection.
    pub(super) async fn try_out(&self) -> Result<Handshake, Trouble> {
        let recorder = Recorder::default();
        let mut stream = self.open(&recorder).await?;
        let heard = listen(&mut stream, &recorder).await;
        let handshake = Handshake::of(&recorder.lock());
        match heard {
            Ok(()) => Ok(handshake),
            Err(interruption) => Err(Trouble::of(&interruption, &handshake)),
        }
    }

    /// What the handshakes of the connection that was made last showed so far. All connections present the same certificate to the
    /// same server, so that it stands for the others.
    pub(super) fn latest(&self) -> Handshake {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        Handshake::of(&latest.lock())
    }

    /// Why a connection that had been made brought no answer.
    pub(super) fn unanswered(&self, error: &hyper::Error) -> Trouble {
        Trouble::of(
            &Interruption::new(Phase::Answer, error, None),
            &self.latest(),
        )
    }

    async fn open(&self, recorder: &Recorder) -> Result<TlsStream, Trouble> {
        let opening = async {
            let ssl = self.tls.connection(&self.target.host, recorder);
            let ssl = ssl.map_err(|error| Interruption::new(Phase::Handshake, &error, None))?;
            open(&self.target, ssl, recorder).await
        };
        let opened = timeout(CONNECT_TIMEOUT, opening).await;
        opened
            .unwrap_or_else(|_| Err(Interruption::late(recorder.reached())))
            .map_err(|interruption| Trouble::of(&interruption, &Handshake::of(&recorder.lock())))
    }
}

impl Connect for Connector {
    type Stream = TlsStream;

    async fn connect(&self) -> io::Result<TlsStream> {
        let recorder = Recorder::default();
        let stream = self.open(&recorder).await.map_err(io::Error::other)?;
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = recorder;
        Ok(stream)
    }
}
