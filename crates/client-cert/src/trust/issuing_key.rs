//! One key that issues, and the chains from it to anchors.

use std::sync::Arc;

use super::authority::Authority;
use super::chain::Chain;
use super::path_error::PathError;
use crate::x509::{KeyIdentifier, Name};

/// How many chains are kept for one key, the shortest ones. An authority that is cross-certified by two others in two
/// generations has four.
pub(super) const MAX_CHAINS: usize = 16;

/// One name with one key. Several certificates can certify it.
#[derive(Clone, Debug)]
pub(super) struct IssuingKey {
    certificates: Vec<Arc<Authority>>,
    /// Up to [`MAX_CHAINS`], the shortest first.
    pub(super) chains: Vec<Chain>,
    /// Why there is no chain, if there is none.
    fault: Option<PathError>,
    /// Whether there are more chains than are kept.
    pub(super) cut: bool,
}

/// How far a key is from the one that a certificate refers to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Distance {
    Same,
    /// One of both has no identifier.
    Unknown,
    Other,
}

impl IssuingKey {
    pub(super) fn new(authority: &Arc<Authority>) -> Self {
        Self {
            certificates: vec![Arc::clone(authority)],
            chains: Vec::new(),
            fault: None,
            cut: false,
        }
    }

    /// Another certificate of the same name and key.
    pub(super) fn add(&mut self, authority: &Arc<Authority>) {
        self.certificates.push(Arc::clone(authority));
    }

    /// Keeps a chain, unless there are enough.
    pub(super) fn keep(&mut self, chain: &Chain) -> bool {
        let room = self.chains.len() < MAX_CHAINS;
        match room {
            true => self.chains.push(chain.clone()),
            false => self.cut = true,
        }
        room
    }

    /// Notes why there is no chain; the first reason counts.
    pub(super) fn blame(&mut self, fault: PathError) {
        if self.chains.is_empty() {
            self.fault.get_or_insert(fault);
        }
    }

    /// The reason that was noted.
    pub(super) fn known_fault(&self) -> Option<PathError> {
        self.fault.clone()
    }

    pub(super) fn name(&self) -> Option<&Name> {
        Some(self.authority()?.certificate.subject())
    }

    /// Any of the authorities with this key.
    pub(super) fn authority(&self) -> Option<&Authority> {
        self.certificates.first().map(AsRef::as_ref)
    }

    /// Whether it may sign revocation lists: a certificate of it has no keyUsage, or one with cRLSign.
    pub(super) fn may_sign_lists(&self) -> bool {
        let usage = |authority: &Arc<Authority>| authority.certificate.extensions().key_usage;
        let mut usages = self.certificates.iter().map(usage);
        usages.any(|usage| usage.is_none_or(|usage| usage.crl_sign()))
    }

    /// Why it has no chain.
    pub(super) fn fault(&self) -> PathError {
        let unanchored = |name: &Name| PathError::Unanchored {
            authority: name.clone(),
        };
        let fault = self.fault.clone().or_else(|| self.name().map(unanchored));
        fault.unwrap_or(PathError::UnknownIssuer)
    }

    pub(super) fn distance(&self, wanted: Option<&KeyIdentifier>) -> Distance {
        let own = |authority: &Arc<Authority>| {
            let extensions = authority.certificate.extensions();
            extensions.subject_key_identifier.clone()
        };
        let mut own = self.certificates.iter().filter_map(own).peekable();
        match (wanted, own.peek().is_some()) {
            (Some(wanted), true) if own.any(|own| own == *wanted) => Distance::Same,
            (Some(_), true) => Distance::Other,
            _ => Distance::Unknown,
        }
    }
}
