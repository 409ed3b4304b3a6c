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
    /// Its place among the rules of the policy.
    pub(crate) place: usize,
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
    /// Those whose closest condition is none to look up by.
    others: Vec<Arc<Listing>>,
    /// Whether a rule is filed under a key: only then is the key's digest made.
    has_keys: bool,
}

impl Listings {
    pub(crate) fn new(callers: &[Arc<Caller>]) -> Self {
        let mut listings = Self::default();
        let rules = callers
            .iter()
            .flat_map(|caller| caller.rules.iter().map(move |rule| (caller, rule)));
        for (place, (caller, rule)) in rules.enumerate() {
            listings.add(Listing {
                place,
                caller: Arc::clone(caller),
                rule: rule.clone(),
            });
        }
        listings
    }

    /// Files a rule under its closest condition, which the fewest certificates satisfy.
    fn add(&mut self, listing: Listing) {
        let listing = Arc::new(listing);
        let conditions = listing.rule.conditions().iter();
        let closest = conditions.min_by_key(|condition| condition.closeness());
        match closest {
            Some(condition) if condition.is_looked_up() || is_key(condition) => {
                self.has_keys |= is_key(condition);
                let same = self.by_condition.entry(condition.clone()).or_default();
                same.push(Arc::clone(&listing));
            }
            Some(_) | None => self.others.push(listing),
        }
    }

    /// The rules whose conditions a certificate satisfies by itself, in the order of the policy; what else they require is not
    /// looked at.
    pub(crate) fn of(&self, certificate: &Certificate) -> Vec<&Arc<Listing>> {
        let mut satisfied = Condition::satisfied_by(certificate);
        if self.has_keys {
            satisfied.insert(Condition::PublicKey(certificate.public_key_hash()));
        }
        let found = satisfied
            .iter()
            .filter_map(|condition| self.by_condition.get(condition));
        let found = found.flatten().chain(&self.others);
        let mut found: Vec<_> = found
            .filter(|listing| listing.rule.lists(certificate))
            .collect();
        found.sort_by_key(|listing| listing.place);
        found
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

fn is_key(condition: &Condition) -> bool {
    matches!(condition, Condition::PublicKey(_))
}
