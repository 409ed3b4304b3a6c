//! The look-up from a certificate to the rules that list it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::caller::Caller;
use crate::rule::{NameKind, Rule};
use crate::x509::{Certificate, CommonName, Thumbprint};

/// One rule of one caller.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) caller: Arc<Caller>,
    pub(crate) rule: Rule,
}

/// All rules of a policy, by what they compare: the cost of a look-up does not depend on their number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listings {
    pins: HashMap<Thumbprint, Vec<Arc<Listing>>>,
    common_names: HashMap<String, Vec<Arc<Listing>>>,
}

impl Listings {
    pub(crate) fn new(callers: &[Arc<Caller>]) -> Self {
        let mut listings = Self::default();
        for caller in callers {
            for rule in &caller.rules {
                listings.add(Listing {
                    caller: Arc::clone(caller),
                    rule: rule.clone(),
                });
            }
        }
        listings
    }

    fn add(&mut self, listing: Listing) {
        let same = match &listing.rule {
            Rule::Pin(thumbprint) => self.pins.entry(*thumbprint).or_default(),
            Rule::Name {
                kind: NameKind::CommonName,
                value,
                ..
            } => self.common_names.entry(value.clone()).or_default(),
        };
        same.push(Arc::new(listing));
    }

    /// The rules that a certificate matches by itself; what else they require is not looked at.
    pub(crate) fn of(&self, certificate: &Certificate) -> impl Iterator<Item = &Arc<Listing>> {
        let name = match certificate.subject().common_name() {
            CommonName::One(name) => self.common_names.get(name),
            CommonName::Absent | CommonName::Several(_) | CommonName::Unreadable => None,
        };
        [certificate.sha256(), certificate.sha1()]
            .into_iter()
            .filter_map(|thumbprint| self.pins.get(&thumbprint))
            .chain(name)
            .flatten()
    }

    /// How many common names a certificate has, if one of several is listed: none of them counts.
    pub(crate) fn ambiguous_common_names(&self, certificate: &Certificate) -> Option<usize> {
        let subject = certificate.subject();
        match subject.common_name() {
            CommonName::Several(count) => subject
                .common_names()
                .any(|name| self.common_names.contains_key(name))
                .then_some(count),
            CommonName::One(_) | CommonName::Absent | CommonName::Unreadable => None,
        }
    }
}
