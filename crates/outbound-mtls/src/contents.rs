//! What a key file contains.

use std::collections::HashSet;
use std::fmt;

use openssl::pkey::{PKey, Private, Public};
use openssl::x509::X509;
use sha2::{Digest as _, Sha256};

use super::pem_text::Oddity;
use super::warning::Warning;

/// The most private keys of one file: each is compared with every certificate.
const MAX_KEYS: usize = 100;

/// What a file calls a key or a certificate.
#[derive(Clone, Default)]
pub(super) struct Label {
    /// The friendly name.
    pub(super) name: Option<String>,
    /// The local key id, which ties a certificate to its key.
    pub(super) id: Option<Vec<u8>>,
}

/// All private keys and certificates of a file, in its order, each once. It cannot be formatted with its keys.
///
/// For tools that show what a file contains. To present one of its identities, see
/// [`Identity`](crate::Identity), which reads with the same code.
#[derive(Default)]
pub struct Contents {
    pub(super) keys: Vec<(PKey<Private>, Label)>,
    pub(super) certificates: Vec<Entry>,
    pub(super) warnings: Vec<Warning>,
    digests: HashSet<[u8; 32]>,
    locked_keys: usize,
    obsolete: bool,
    oddities: Vec<Oddity>,
}

/// A certificate of a file, with its public key if that can be decoded.
pub(super) struct Entry {
    pub(super) certificate: X509,
    pub(super) label: Label,
    public: Option<PKey<Public>>,
}

/// More than [`MAX_KEYS`].
pub(super) struct TooManyKeys;

impl Contents {
    /// The number of private keys, those that are locked included.
    pub fn key_count(&self) -> usize {
        self.keys.len() + self.locked_keys
    }

    /// The first private key that is not locked.
    pub fn first_key(&self) -> Option<&PKey<Private>> {
        self.keys.first().map(|(key, _)| key)
    }

    /// The certificate of the first key, if one belongs to it.
    pub fn own_certificate(&self) -> Option<&X509> {
        self.own().map(|entry| &entry.certificate)
    }

    /// All certificates: that of the first key first, if there is one, and the others in the file's order.
    pub fn certificates(&self) -> Vec<&X509> {
        let own = self.own();
        let own_first = own.iter().map(|entry| &entry.certificate);
        let others = self.certificates.iter();
        let others = others.filter(|entry| own.is_none_or(|own| !std::ptr::eq(own, *entry)));
        own_first
            .chain(others.map(|entry| &entry.certificate))
            .collect()
    }

    /// The friendly name of the first key's certificate, or of that key.
    pub fn friendly_name(&self) -> Option<&str> {
        let of_key = || {
            self.keys
                .first()
                .and_then(|(_, label)| label.name.as_deref())
        };
        self.own()
            .and_then(|entry| entry.label.name.as_deref())
            .or_else(of_key)
    }

    /// Whether something in it is under a cipher that OpenSSL 3 keeps apart as obsolete: RC2, RC4 or DES.
    pub fn uses_obsolete_encryption(&self) -> bool {
        self.obsolete
    }

    /// In which ways the text departs from ordinary PEM.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The certificate of the first key: the one that the file ties to it, else the first that fits.
    fn own(&self) -> Option<&Entry> {
        let (key, label) = self.keys.first()?;
        self.fitting(key, label).into_iter().next()
    }

    /// The certificates that can be meant by a key: those that the file ties to it, else all that fit.
    pub(super) fn fitting(&self, key: &PKey<Private>, label: &Label) -> Vec<&Entry> {
        let all = self.certificates.iter().filter(|entry| entry.fits(key));
        let mut fitting: Vec<&Entry> = all.collect();
        let tied = |entry: &&Entry| label.id.is_some() && entry.label.id == label.id;
        if fitting.iter().any(tied) {
            fitting.retain(tied);
        }
        fitting
    }

    pub(super) fn add_key(&mut self, key: PKey<Private>, label: Label) -> Result<(), TooManyKeys> {
        let is_known = |other: &PKey<Private>| other.id() == key.id() && other.public_eq(&key);
        if self.keys.iter().any(|(other, _)| is_known(other)) {
            return Ok(());
        }
        if self.keys.len() == MAX_KEYS {
            return Err(TooManyKeys);
        }
        self.keys.push((key, label));
        Ok(())
    }

    pub(super) fn add_certificate(&mut self, certificate: X509, label: Label) {
        let der = certificate.to_der().unwrap_or_default();
        if self.digests.insert(Sha256::digest(&der).into()) {
            let public = certificate.public_key().ok();
            self.certificates.push(Entry {
                certificate,
                label,
                public,
            });
        }
    }

    pub(super) fn add_locked_key(&mut self) {
        self.locked_keys += 1;
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    pub(super) fn set_obsolete(&mut self) {
        self.obsolete = true;
    }

    pub(super) fn set_oddities(&mut self, oddities: Vec<Oddity>) {
        self.oddities = oddities;
    }
}

impl Entry {
    fn fits(&self, key: &PKey<Private>) -> bool {
        let public = self.public.as_ref();
        public.is_some_and(|public| public.id() == key.id() && public.public_eq(key))
    }
}

impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contents")
            .field("keys", &self.key_count())
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}
