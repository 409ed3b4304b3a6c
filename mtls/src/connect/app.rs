//! The app, and the certificate that it is shown.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use client_cert::{Thumbprint, rfc3339};
use openssl::error::ErrorStack;
use openssl::x509::X509;
use outbound_mtls::{Facts, Identity};
use upstream::Relay;

use super::connector::Connector;
use crate::call::{ClientSide, ClientTls, Target};
use crate::front_end;
use crate::printable::printable;

/// How long a connection is kept without a request: the minute of .NET's pool, and less than App Service's four.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// By which roots the app's certificate is verified.
pub(super) struct Trust {
    pub(super) anchors: Vec<X509>,
    pub(super) anchors_only: bool,
}

/// An identity as it is presented and shown.
pub(super) struct Presented {
    identity: Identity,
    certificate: Arc<front_end::Presented>,
}

/// An app, which gets to see one certificate at a time.
pub(super) struct App {
    target: Arc<Target>,
    trust: Trust,
    current: RwLock<Arc<Current>>,
}

/// The certificate in use, and the connections that present it.
pub(super) struct Current {
    pub(super) presented: Presented,
    pub(super) relay: Relay,
    pub(super) connector: Arc<Connector>,
}

impl Presented {
    /// What an identity shows of itself.
    ///
    /// # Errors
    ///
    /// A certificate that OpenSSL cannot encode, which it has decoded before.
    pub(super) fn new(identity: Identity) -> Result<Self, ErrorStack> {
        let (_, leaf, _) = identity.parts();
        let certificate = Arc::new(front_end::Presented::of(leaf)?);
        Ok(Self {
            identity,
            certificate,
        })
    }

    /// For the lines of requests.
    pub(super) fn certificate(&self) -> &Arc<front_end::Presented> {
        &self.certificate
    }

    pub(super) fn thumbprint(&self) -> Thumbprint {
        self.facts().sha256
    }

    pub(super) fn facts(&self) -> &Facts {
        self.identity.facts()
    }

    /// The end of its validity, as logs write it.
    pub(super) fn not_after(&self) -> String {
        let seconds = self.facts().not_after.as_secs();
        rfc3339(i64::try_from(seconds).unwrap_or(i64::MAX))
    }

    /// Its name and thumbprint, for people.
    pub(super) fn described(&self) -> String {
        let (name, thumbprint) = (printable(&self.certificate.name), self.thumbprint());
        format!("{name} ({thumbprint})")
    }
}

impl App {
    /// An app without connections yet.
    ///
    /// # Errors
    ///
    /// What OpenSSL does not take.
    pub(super) fn new(
        target: Target,
        trust: Trust,
        presented: Presented,
    ) -> Result<Self, ErrorStack> {
        let target = Arc::new(target);
        let current = Current::new(&target, &trust, presented)?;
        Ok(Self {
            target,
            trust,
            current: RwLock::new(Arc::new(current)),
        })
    }

    /// Presents another certificate from the next request on. Requests under way end with the old one.
    ///
    /// # Errors
    ///
    /// What OpenSSL does not take; the old certificate stays in use.
    pub(super) fn present(&self, presented: Presented) -> Result<(), ErrorStack> {
        let current = Current::new(&self.target, &self.trust, presented)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        Ok(())
    }

    /// The certificate in use and its connections.
    pub(super) fn current(&self) -> Arc<Current> {
        let current = self.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn target(&self) -> &Target {
        &self.target
    }

    /// The app's address, as it is shown.
    pub(super) fn url(&self) -> &str {
        self.target.url.trim_end_matches('/')
    }
}

impl Current {
    fn new(target: &Arc<Target>, trust: &Trust, presented: Presented) -> Result<Self, ErrorStack> {
        let tls = ClientTls::new(&ClientSide {
            identity: Some(&presented.identity),
            anchors: &trust.anchors,
            anchors_only: trust.anchors_only,
            version: None,
        })?;
        let connector = Arc::new(Connector::new(Arc::clone(target), tls));
        Ok(Self {
            presented,
            relay: Relay::new(Arc::clone(&connector), IDLE_TIMEOUT),
            connector,
        })
    }
}
