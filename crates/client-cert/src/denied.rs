//! Denied certificates: what no rule admits.

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::x509::{Certificate, Name, PublicKeyHash, SerialNumber, Thumbprint};

/// One thing by which a policy denies certificates. It wins over every rule, for the certificates of callers and for the
/// authorities on a path.
///
/// Anybody can encode the signature on a certificate anew: its thumbprint changes, and every check of a path still passes.
/// A denial by thumbprint alone therefore does not keep out a certificate that a rule for a name admits;
/// [`DeniedEntry::all_of`] does.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeniedEntry {
    /// The certificate with this digest of its whole DER encoding.
    Thumbprint(Thumbprint),
    /// Every certificate with this key.
    PublicKey(PublicKeyHash),
    /// The certificate that an issuer gave this number.
    Numbered {
        /// The issuer's name.
        issuer: Name,
        /// Its serial number.
        serial: SerialNumber,
    },
}

impl DeniedEntry {
    /// The entries that together deny a certificate, whichever way it is encoded anew.
    pub fn all_of(certificate: &Certificate) -> Vec<Self> {
        vec![
            Self::Thumbprint(certificate.sha256()),
            Self::PublicKey(certificate.public_key_hash()),
            Self::Numbered {
                issuer: certificate.issuer().clone(),
                serial: certificate.serial_number().clone(),
            },
        ]
    }
}

impl fmt::Display for DeniedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thumbprint(thumbprint) => thumbprint.fmt(f),
            Self::PublicKey(hash) => write!(f, "key {hash}"),
            Self::Numbered { issuer, serial } => write!(f, "serial {serial} of {issuer}"),
        }
    }
}

/// All entries of a policy: the cost of a look-up does not depend on their number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Denied {
    thumbprints: HashSet<Thumbprint>,
    keys: HashSet<PublicKeyHash>,
    numbered: HashMap<SerialNumber, Vec<Name>>,
}

impl Denied {
    pub(crate) fn new(entries: impl IntoIterator<Item = DeniedEntry>) -> Self {
        let mut denied = Self::default();
        for entry in entries {
            match entry {
                DeniedEntry::Thumbprint(thumbprint) => {
                    denied.thumbprints.insert(thumbprint);
                }
                DeniedEntry::PublicKey(hash) => {
                    denied.keys.insert(hash);
                }
                DeniedEntry::Numbered { issuer, serial } => {
                    denied.numbered.entry(serial).or_default().push(issuer);
                }
            }
        }
        denied
    }

    /// The entry that denies a certificate, if one does.
    pub(crate) fn entry_for(&self, certificate: &Certificate) -> Option<DeniedEntry> {
        let thumbprints = [certificate.sha256(), certificate.sha1()];
        let thumbprint = thumbprints
            .into_iter()
            .find(|digest| self.thumbprints.contains(digest));
        thumbprint
            .map(DeniedEntry::Thumbprint)
            .or_else(|| self.key(certificate))
            .or_else(|| self.numbered(certificate))
    }

    fn key(&self, certificate: &Certificate) -> Option<DeniedEntry> {
        if self.keys.is_empty() {
            return None;
        }
        let hash = certificate.public_key_hash();
        self.keys
            .contains(&hash)
            .then_some(DeniedEntry::PublicKey(hash))
    }

    fn numbered(&self, certificate: &Certificate) -> Option<DeniedEntry> {
        let serial = certificate.serial_number();
        let issuers = self.numbered.get(serial)?;
        let issuer = issuers
            .iter()
            .find(|issuer| *issuer == certificate.issuer())?;
        Some(DeniedEntry::Numbered {
            issuer: issuer.clone(),
            serial: serial.clone(),
        })
    }
}
