//! One identity: our key, its certificate, and the intermediates that prove it.

use std::fmt;
use std::time::Duration;

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::x509::X509;
use rustls_pki_types::UnixTime;
use zeroize::Zeroizing;

use super::day::SECONDS_PER_DAY;
use super::path;
use super::warning::Warning;
use client_cert::{Thumbprint, Validity};

/// A private key, the certificate that belongs to it, and its intermediates in path order.
///
/// The key and the certificate fit: no other identity can be made. With reqwest, a pair that does not fit can go out
/// with no certificate at all. Debug shows the thumbprint and nothing of the key.
#[derive(Clone)]
pub struct Identity {
    key: PKey<Private>,
    leaf: X509,
    intermediates: Vec<X509>,
    facts: Facts,
}

/// What a log may contain of an identity.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// SHA-256 of the certificate.
    pub sha256: Thumbprint,
    /// SHA-1 of the certificate, as portals and Windows show it.
    pub sha1: Thumbprint,
    /// The last instant at which the certificate is valid.
    pub not_after: UnixTime,
    /// How many certificates are sent, ours and the intermediates.
    pub chain_length: usize,
    /// What is odd about it and does not prevent its use.
    pub warnings: Vec<Warning>,
}

impl Identity {
    /// The caller has made sure that the key fits the leaf.
    pub(super) fn new(
        key: PKey<Private>,
        leaf: X509,
        intermediates: Vec<X509>,
        mut warnings: Vec<Warning>,
    ) -> Result<Self, ErrorStack> {
        if intermediates.is_empty() && !path::is_self_issued(&leaf) {
            warnings.push(Warning::NoIntermediates);
        }
        let der = leaf.to_der()?;
        warnings.extend(Warning::of_usage(&der));
        let facts = Facts {
            sha256: Thumbprint::sha256_of(&der),
            sha1: Thumbprint::sha1_of(&der),
            not_after: instant(leaf.not_after())?,
            chain_length: 1 + intermediates.len(),
            warnings,
        };
        Ok(Self {
            key,
            leaf,
            intermediates,
            facts,
        })
    }

    /// What may be logged.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The certificates as they are sent, DER: ours first, then each one's issuer, without the root.
    ///
    /// If there is no intermediate, OpenSSL looks for the issuers among the trust anchors of the connection and
    /// adds what it finds, which can be the root.
    ///
    /// # Errors
    ///
    /// OpenSSL cannot encode one, which it has decoded before.
    pub fn chain_der(&self) -> Result<Vec<Vec<u8>>, ErrorStack> {
        let chain = std::iter::once(&self.leaf).chain(&self.intermediates);
        chain.map(|certificate| certificate.to_der()).collect()
    }

    /// The certificates as they are sent, PEM.
    ///
    /// # Errors
    ///
    /// OpenSSL cannot encode one, which it has decoded before.
    pub fn chain_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        let mut pem = self.leaf.to_pem()?;
        for certificate in &self.intermediates {
            pem.extend(certificate.to_pem()?);
        }
        Ok(pem)
    }

    /// The key and chain as OpenSSL values, for a TLS connector of one's own.
    pub fn parts(&self) -> (&PKey<Private>, &X509, &[X509]) {
        (&self.key, &self.leaf, &self.intermediates)
    }

    /// The form that reqwest sends in this order; its PKCS#12 form would turn the intermediates round.
    pub(super) fn to_reqwest(&self) -> Result<reqwest::Identity, String> {
        let key = self.key.private_key_to_pem_pkcs8().map(Zeroizing::new);
        let (Ok(key), Ok(chain)) = (key, self.chain_pem()) else {
            return Err("OpenSSL cannot encode the key or the chain".to_owned());
        };
        reqwest::Identity::from_pkcs8_pem(&chain, &key).map_err(|error| error.to_string())
    }
}

impl Facts {
    /// Whole days until the certificate expires, rounded down; negative after that.
    pub fn days_left(&self, now: UnixTime) -> i64 {
        self.validity().days_left(now)
    }

    /// Whether the certificate has expired, or expires within
    /// [`EXPIRY_WARNING_DAYS`](client_cert::EXPIRY_WARNING_DAYS) days.
    pub fn expires_soon(&self, now: UnixTime) -> bool {
        self.validity().ends_soon(now)
    }

    fn validity(&self) -> Validity {
        Validity {
            not_before: 0,
            not_after: i64::try_from(self.not_after.as_secs()).unwrap_or(i64::MAX),
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("thumbprint", &self.facts.sha256.to_string())
            .finish_non_exhaustive()
    }
}

/// A certificate that ended before 1970 counts as one that ended at its start.
fn instant(time: &Asn1TimeRef) -> Result<UnixTime, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    let whole_days = u64::try_from(since.days).unwrap_or(0) * SECONDS_PER_DAY;
    let seconds = whole_days + u64::try_from(since.secs).unwrap_or(0);
    Ok(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
}
