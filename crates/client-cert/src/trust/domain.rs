//! A trust domain: the authorities that may issue one set of names.

use std::fmt;

use super::authority::{Anchor, Intermediate};
use super::domain_note::{DomainNote, notes};
use super::issuers::Issuers;
use super::list_signer::ListSigner;
use crate::policy_name::DomainName;
use crate::x509::Name;

/// Anchors, and the intermediates that lead to them.
///
/// A name counts only under a path in its rule's own domain: one partner's authority cannot issue another partner's name.
/// All anchors of the flat lists bear one subject, so that an authority with a renewed key is one domain and two authorities
/// are two; a document says itself which authorities are one domain. A domain admits nobody by itself.
///
/// The chains from each issuing key to an anchor are found here, once, so that a request costs one signature.
#[derive(Clone, Debug)]
pub struct TrustDomain {
    name: Option<DomainName>,
    subject: Name,
    anchors: Vec<Anchor>,
    intermediates: Vec<Intermediate>,
    list_signers: Vec<ListSigner>,
    issuers: Issuers,
}

impl TrustDomain {
    /// A domain of these anchors, which must bear one subject, and intermediates.
    ///
    /// # Errors
    ///
    /// No anchor, or anchors of different subjects.
    pub fn new(
        anchors: Vec<Anchor>,
        intermediates: Vec<Intermediate>,
    ) -> Result<Self, TrustDomainError> {
        let domain = Self::of_several_subjects(anchors, intermediates)?;
        let mut anchors = domain.anchors.iter();
        match anchors.all(|anchor| *anchor.subject() == domain.subject) {
            true => Ok(domain),
            false => Err(TrustDomainError::SeveralSubjects),
        }
    }

    /// A domain of these anchors, each of which may issue every name of the domain, and intermediates: for a domain with a
    /// name of its own, which says that these authorities belong together.
    ///
    /// # Errors
    ///
    /// No anchor.
    pub fn of_several_subjects(
        anchors: Vec<Anchor>,
        intermediates: Vec<Intermediate>,
    ) -> Result<Self, TrustDomainError> {
        let Some(subject) = anchors.first().map(|anchor| anchor.subject().clone()) else {
            return Err(TrustDomainError::NoAnchor);
        };
        Ok(Self {
            name: None,
            subject,
            issuers: Issuers::new(&anchors, &intermediates),
            anchors,
            intermediates,
            list_signers: Vec::new(),
        })
    }

    /// The same domain with certificates that may sign its revocation lists and nothing else.
    #[must_use]
    pub fn with_list_signers(self, list_signers: Vec<ListSigner>) -> Self {
        Self {
            list_signers,
            ..self
        }
    }

    pub(super) fn list_signers(&self) -> &[ListSigner] {
        &self.list_signers
    }

    /// The same domain with its name in the policy.
    #[must_use]
    pub fn named(self, name: DomainName) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }

    /// The name in the policy; `None` for the domain of the two flat lists.
    pub fn name(&self) -> Option<&DomainName> {
        self.name.as_ref()
    }

    /// What a log calls it: its name or else the subject of its anchors.
    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => name.to_string(),
            None => self.subject.to_string(),
        }
    }

    /// The subject of its first anchor; of all of them, in a domain of one subject.
    pub fn subject(&self) -> &Name {
        &self.subject
    }

    /// The anchors; one at least.
    pub fn anchors(&self) -> &[Anchor] {
        &self.anchors
    }

    pub(super) fn issuers(&self) -> &Issuers {
        &self.issuers
    }

    /// What about its authorities keeps callers out, for whoever configures it.
    pub fn notes(&self) -> Vec<DomainNote> {
        notes(&self.issuers)
    }

    /// Whether it has the same certificates as another domain, in the same places: then both judge every path and every
    /// revocation list alike, whatever they are called.
    pub fn has_authorities_of(&self, other: &Self) -> bool {
        self.certificates().eq(other.certificates())
    }

    /// Every certificate with its place.
    fn certificates(&self) -> impl Iterator<Item = (Place, &[u8])> {
        let anchors = self.anchors.iter();
        let anchors = anchors.map(|anchor| (Place::Anchor, anchor.0.certificate.der()));
        let between = self.intermediates.iter();
        let between = between.map(|found| (Place::Intermediate, found.0.certificate.der()));
        let signers = self.list_signers.iter();
        let signers = signers.map(|signer| (Place::ListSigner, signer.certificate().der()));
        anchors.chain(between).chain(signers)
    }

    /// The intermediates.
    pub fn intermediates(&self) -> &[Intermediate] {
        &self.intermediates
    }
}

/// What a certificate of a domain is there for.
#[derive(Eq, PartialEq)]
enum Place {
    Anchor,
    Intermediate,
    ListSigner,
}

/// Why authorities do not make a domain.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum TrustDomainError {
    /// There is no anchor: anybody could write the listed names into a certificate of their own.
    NoAnchor,
    /// The anchors have different subjects: each of these authorities could issue every listed name.
    SeveralSubjects,
}

impl fmt::Display for TrustDomainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAnchor => {
                "expected trust anchors beside the names, found none: anybody can write any name into a certificate \
                 of their own"
            }
            Self::SeveralSubjects => {
                "expected trust anchors of one subject beside the names, found different subjects: each of these \
                 authorities could issue every listed name"
            }
        })
    }
}

impl std::error::Error for TrustDomainError {}
