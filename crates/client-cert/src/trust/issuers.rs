//! The keys that issue in a domain, and the chains from each to an anchor: found when the domain is configured.
//!
//! A request then costs one look-up by name and one signature for each key tried. Searching at request time instead would
//! let a caller choose how much is searched: among authorities of one name, or in a mesh of cross-certificates, it is the
//! end entity's certificate that decides which are tried.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::authority::{Anchor, Authority, Intermediate};
use super::chain::{Chain, MAX_AUTHORITIES};
use super::issuing_key::IssuingKey;
use super::path_error::PathError;
use super::signature::SignatureError;
use crate::x509::{Certificate, KeyIdentifier, Name};

/// How many signatures between authorities are verified for one domain: half a second's work. Each authority takes one,
/// unless several keys bear its issuer's name and neither says which is meant.
const MAX_SIGNATURES: usize = 8192;

/// Every key that is configured to issue, by its authority's name.
#[derive(Clone, Debug, Default)]
pub(super) struct Issuers {
    keys: Vec<IssuingKey>,
}

impl Issuers {
    pub(super) fn new(anchors: &[Anchor], intermediates: &[Intermediate]) -> Self {
        let mut issuers = Self::default();
        let anchors = anchors.iter().map(|anchor| &anchor.0);
        let between = intermediates.iter().map(|intermediate| &intermediate.0);
        for authority in anchors.clone().chain(between.clone()) {
            issuers.add(authority);
        }
        let mut signatures = 0;
        let children: Vec<Child> = between
            .map(|child| Child::new(child, &issuers, &mut signatures))
            .collect();
        for child in &children {
            if let Err(fault) = &child.parent {
                issuers.blame(&child.authority, fault.clone());
            }
        }
        issuers.chain(anchors.map(Chain::of_anchor).collect(), &children);
        issuers.explain(&children);
        issuers
    }

    /// Makes every chain, by length: each that is found is tried with every intermediate that its first key signed.
    fn chain(&mut self, mut chains: VecDeque<Chain>, children: &[Child]) {
        let mut by_parent: HashMap<usize, Vec<&Child>> = HashMap::new();
        for child in children {
            if let Ok(parent) = child.parent {
                by_parent.entry(parent).or_default().push(child);
            }
        }
        while let Some(chain) = chains.pop_front() {
            let below = self.keep(&chain).and_then(|key| by_parent.get(&key));
            for child in below.into_iter().flatten() {
                match chain.extended(&child.authority) {
                    Some(Ok(chain)) => chains.push_back(chain),
                    Some(Err(fault)) => self.blame(&child.authority, fault),
                    None => {}
                }
            }
        }
    }

    /// Gives keys without a chain the reason of the key above them.
    fn explain(&mut self, children: &[Child]) {
        for _ in 0..MAX_AUTHORITIES {
            for child in children {
                let above = child.parent.as_ref().ok();
                let above = above.and_then(|parent| self.keys.get(*parent));
                if let Some(fault) = above.and_then(|above| above.known_fault()) {
                    self.blame(&child.authority, fault);
                }
            }
        }
    }

    fn add(&mut self, authority: &Arc<Authority>) {
        let position = self.position(authority);
        let known = position.and_then(|position| self.keys.get_mut(position));
        match known {
            Some(key) => key.add(authority),
            None => self.keys.push(IssuingKey::new(authority)),
        }
    }

    fn position(&self, authority: &Authority) -> Option<usize> {
        let same = |key: &IssuingKey| {
            let first = key.authority();
            first.is_some_and(|first| first.is_same(&authority.certificate))
        };
        self.keys.iter().position(same)
    }

    /// Keeps a chain with the key that it begins with, and says which that is; `None` if there are enough.
    fn keep(&mut self, chain: &Chain) -> Option<usize> {
        let position = self.position(chain.authorities().next()?)?;
        let kept = self.keys.get_mut(position)?.keep(chain);
        kept.then_some(position)
    }

    fn blame(&mut self, authority: &Authority, fault: PathError) {
        let position = self.position(authority);
        if let Some(key) = position.and_then(|position| self.keys.get_mut(position)) {
            key.blame(fault);
        }
    }

    /// The keys of a name, those first that are most likely to have made the signature on a certificate.
    pub(super) fn of<'k>(&'k self, certificate: &Certificate) -> Vec<&'k IssuingKey> {
        let identifier = certificate.extensions().authority_key_identifier.as_ref();
        self.named(certificate.issuer(), identifier)
    }

    /// The keys of a name, those first that an identifier may refer to.
    pub(super) fn named<'k>(
        &'k self,
        name: &Name,
        identifier: Option<&KeyIdentifier>,
    ) -> Vec<&'k IssuingKey> {
        let named = |key: &&IssuingKey| key.name() == Some(name);
        let mut keys: Vec<&IssuingKey> = self.keys.iter().filter(named).collect();
        keys.sort_by_key(|key| (key.distance(identifier), key.chains.is_empty()));
        keys
    }

    /// All keys, in the order in which they were configured.
    pub(super) fn keys(&self) -> &[IssuingKey] {
        &self.keys
    }

    /// What it costs to try every key of a name.
    pub(super) fn cost_of(&self, name: &Name) -> u32 {
        let named = self.keys.iter().filter(|key| key.name() == Some(name));
        let costs = named.filter_map(|key| Some(key.authority()?.key.cost()));
        costs.fold(0, u32::saturating_add)
    }
}

/// An intermediate, and which key signed it.
struct Child {
    authority: Arc<Authority>,
    parent: Result<usize, PathError>,
}

impl Child {
    fn new(authority: &Arc<Authority>, issuers: &Issuers, signatures: &mut usize) -> Self {
        Self {
            authority: Arc::clone(authority),
            parent: parent(authority, issuers, signatures),
        }
    }
}

fn parent(
    authority: &Authority,
    issuers: &Issuers,
    signatures: &mut usize,
) -> Result<usize, PathError> {
    let certificate = &authority.certificate;
    let subject = || certificate.subject().clone();
    let mut error = PathError::NoAnchor {
        authority: subject(),
        issuer: certificate.issuer().clone(),
    };
    if certificate.signature_algorithms_differ() {
        return Err(unsigned(certificate));
    }
    for key in issuers.of(certificate) {
        let Some(issuer) = key.authority() else {
            continue;
        };
        if *signatures >= MAX_SIGNATURES {
            return Err(PathError::TooManyKeys);
        }
        *signatures = signatures.saturating_add(1);
        match issuer.key.verify(certificate.signed()) {
            // Its own signature leads nowhere.
            Ok(()) if issuer.is_same(certificate) => {}
            Ok(()) => return issuers.position(issuer).ok_or(error),
            Err(SignatureError::Algorithm | SignatureError::OtherKey) => {
                error = unsigned(certificate);
            }
        }
    }
    Err(error)
}

fn unsigned(certificate: &Certificate) -> PathError {
    PathError::AuthoritySignature {
        authority: certificate.subject().clone(),
        algorithm: certificate.signature_algorithm().to_owned(),
    }
}
