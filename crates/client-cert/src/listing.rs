//! The look-up from a certificate to the rules that list it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::caller::Caller;
use crate::condition::Condition;
use crate::rule::Rule;
use crate::window::Window;
use crate::x509::{Certificate, CommonName};

/// One rule of one caller.
#[derive(Clone, Debug)]
pub(crate) struct Listing {
    pub(crate) caller: Arc<Caller>,
    pub(crate) rule: Rule,
}

impl Listing {
    /// When the rule counts: within its own window and its caller's.
    pub(crate) fn window(&self) -> Window {
        self.rule.window().intersection(self.caller.window)
    }
}

/// All rules of a policy, each under one of its conditions: the cost of a look-up does not depend on their number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listings {
    by_condition: HashMap<Condition, Vec<Arc<Listing>>>,
    /// Whether a rule is filed under a key: only then is the key's digest made.
    has_keys: bool,
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

    /// Files a rule under its closest condition, which the fewest certificates satisfy.
    fn add(&mut self, listing: Listing) {
        let conditions = listing.rule.conditions().iter();
        if let Some(condition) = conditions.min_by_key(|condition| condition.closeness()) {
            self.has_keys |= matches!(condition, Condition::PublicKey(_));
            let same = self.by_condition.entry(condition.clone()).or_default();
            same.push(Arc::new(listing));
        }
    }

    /// The rules whose conditions a certificate satisfies by itself; what else they require is not looked at.
    pub(crate) fn of<'a>(
        &'a self,
        certificate: &'a Certificate,
    ) -> impl Iterator<Item = &'a Arc<Listing>> {
        let key = self.has_keys.then(|| certificate.public_key_hash());
        satisfied_by(certificate)
            .chain(key.map(Condition::PublicKey))
            .filter_map(|condition| self.by_condition.get(&condition))
            .flatten()
            .filter(|listing| listing.rule.lists(certificate))
    }

    /// How many common names a certificate has, if one of several is listed: none of them counts.
    pub(crate) fn ambiguous_common_names(&self, certificate: &Certificate) -> Option<usize> {
        let subject = certificate.subject();
        let is_listed = |name: &str| {
            let condition = Condition::CommonName(name.to_owned());
            self.by_condition.contains_key(&condition)
        };
        match subject.common_name() {
            CommonName::Several(count) => subject.common_names().any(is_listed).then_some(count),
            CommonName::One(_) | CommonName::Absent | CommonName::Unreadable => None,
        }
    }
}

/// The conditions that a certificate satisfies, as far as rules are filed under them.
fn satisfied_by(certificate: &Certificate) -> impl Iterator<Item = Condition> {
    let thumbprints = [certificate.sha256(), certificate.sha1()];
    let common_name = match certificate.subject().common_name() {
        CommonName::One(name) => Some(Condition::CommonName(name.to_owned())),
        CommonName::Absent | CommonName::Several(_) | CommonName::Unreadable => None,
    };
    thumbprints
        .map(Condition::Thumbprint)
        .into_iter()
        .chain(common_name)
}
