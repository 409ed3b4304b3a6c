//! Which certificate policies are valid for a path (RFC 5280, section 6.1, with the graph of RFC 9618).
//!
//! The tree of RFC 5280 has a node for each way to a policy and grows exponentially under mappings; the graph has one node
//! for each policy of a certificate. Inputs: every policy is acceptable, and nothing is inhibited or demanded at the
//! beginning, but for what the anchor's own certificate says: its policyConstraints and inhibitAnyPolicy count as an
//! authority's, and only the policies that it names, if it names any, are valid (RFC 5937, section 3.2).

mod limits;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use crate::x509::{Certificate, Oid, PolicyExtensions};

use limits::Limits;

/// The policies that are valid for a whole path, as its anchor calls them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ValidPolicies {
    /// Whether every policy is, since no certificate of the path narrows anyPolicy.
    any: bool,
    policies: BTreeSet<Oid>,
    /// To which the anchor restricts them.
    anchor: Option<BTreeSet<Oid>>,
}

impl ValidPolicies {
    pub(crate) fn contains(&self, policy: &Oid) -> bool {
        let of_anchor = self.anchor.as_ref();
        (self.any || self.policies.contains(policy))
            && of_anchor.is_none_or(|allowed| allowed.contains(policy))
    }

    fn is_empty(&self) -> bool {
        match (&self.anchor, self.any) {
            (None, any) => !any && self.policies.is_empty(),
            (Some(allowed), true) => allowed.is_empty(),
            (Some(allowed), false) => self.policies.is_disjoint(allowed),
        }
    }
}

/// One certificate of a path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'c> {
    pub(super) policies: &'c PolicyExtensions,
    pub(super) self_issued: bool,
}

impl<'c> Step<'c> {
    pub(super) fn of(certificate: &'c Certificate) -> Self {
        Self {
            policies: &certificate.extensions().policies,
            self_issued: certificate.subject() == certificate.issuer(),
        }
    }
}

/// Why no policy is valid where one must be, or why policies cannot be weighed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyViolation {
    /// An extension about policies that cannot be read.
    Unreadable,
    /// requireExplicitPolicy, and no policy that every certificate of the path has.
    NoValidPolicy,
    /// policyMappings from or to anyPolicy, which section 6.1.4 (a) forbids.
    MapsAnyPolicy,
}

impl fmt::Display for PolicyViolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "an extension about certificate policies that cannot be read",
            Self::NoValidPolicy => {
                "no certificate policy that is valid for the whole path, which requireExplicitPolicy demands"
            }
            Self::MapsAnyPolicy => "policyMappings from or to anyPolicy",
        })
    }
}

static ANY_POLICY: LazyLock<Option<Oid>> =
    LazyLock::new(|| PolicyExtensions::ANY_POLICY.parse().ok());

fn is_any(policy: &Oid) -> bool {
    ANY_POLICY.as_ref() == Some(policy)
}

/// Weighs the policies of a path: the certificates below the anchor, the end entity last.
pub(super) fn valid_policies<'c>(
    anchor: &'c PolicyExtensions,
    path: &[Step<'c>],
) -> Result<ValidPolicies, PolicyViolation> {
    let mut graph = Graph::new();
    let mut limits = Limits::default();
    limits.lower(anchor);
    let last = path.len().saturating_sub(1);
    for (index, step) in path.iter().enumerate() {
        if step.policies.unreadable || anchor.unreadable {
            return Err(PolicyViolation::Unreadable);
        }
        let any_counts = !limits.any.is_reached() || (index < last && step.self_issued);
        graph.descend(step.policies.certificate_policies.as_deref(), any_counts);
        if limits.explicit.is_reached() && graph.is_null() {
            return Err(PolicyViolation::NoValidPolicy);
        }
        if index < last {
            graph.map(&step.policies.mappings, limits.mapping.is_reached())?;
            if !step.self_issued {
                limits.count();
            }
            limits.lower(step.policies);
        } else {
            limits.explicit.count();
            if step.policies.require_explicit_policy == Some(0) {
                limits.explicit.lower(Some(0));
            }
        }
    }
    let valid = graph.valid(anchor.certificate_policies.as_deref());
    match limits.explicit.is_reached() && valid.is_empty() {
        true => Err(PolicyViolation::NoValidPolicy),
        false => Ok(valid),
    }
}

/// The nodes of one depth, by their policies.
type Level<'c> = BTreeMap<&'c Oid, Node<'c>>;

#[derive(Clone, Debug)]
struct Node<'c> {
    /// The policies of the next certificate that continue this one.
    expected: BTreeSet<&'c Oid>,
    /// The policies of the nodes above.
    parents: Vec<&'c Oid>,
}

/// The levels from the anchor down; a graph whose last level is empty is null, and stays so.
#[derive(Debug)]
struct Graph<'c> {
    levels: Vec<Level<'c>>,
}

impl<'c> Graph<'c> {
    fn new() -> Self {
        let any = ANY_POLICY.as_ref().map(|any| {
            let expected = BTreeSet::from([any]);
            let parents = Vec::new();
            (any, Node { expected, parents })
        });
        Self {
            levels: vec![any.into_iter().collect()],
        }
    }

    fn is_null(&self) -> bool {
        self.levels.last().is_none_or(Level::is_empty)
    }

    /// Section 6.1.3 (d) and (e): the level of one certificate.
    fn descend(&mut self, policies: Option<&'c [Oid]>, any_counts: bool) {
        let above = self.levels.last().cloned().unwrap_or_default();
        let mut parents: BTreeMap<&'c Oid, Vec<&'c Oid>> = BTreeMap::new();
        for (policy, node) in &above {
            for expected in &node.expected {
                parents.entry(expected).or_default().push(policy);
            }
        }
        let any_above = above.keys().find(|policy| is_any(policy)).copied();
        let node = |policy, parents| {
            let expected = BTreeSet::from([policy]);
            (policy, Node { expected, parents })
        };
        let mut level = Level::new();
        let policies = policies.unwrap_or_default();
        for policy in policies.iter().filter(|policy| !is_any(policy)) {
            let above = parents.get(policy).cloned();
            let above = above.or_else(|| any_above.map(|any| vec![any]));
            level.extend(above.map(|above| node(policy, above)));
        }
        if any_counts && policies.iter().any(is_any) {
            for (policy, above) in parents {
                level.entry(policy).or_insert_with(|| node(policy, above).1);
            }
        }
        self.levels.push(level);
    }

    /// Section 6.1.4 (a) and (b): what the subject calls the policies.
    fn map(&mut self, mappings: &'c [(Oid, Oid)], inhibited: bool) -> Result<(), PolicyViolation> {
        if mappings.iter().any(|(from, to)| is_any(from) || is_any(to)) {
            return Err(PolicyViolation::MapsAnyPolicy);
        }
        let mut by_issuer: BTreeMap<&'c Oid, BTreeSet<&'c Oid>> = BTreeMap::new();
        for (from, to) in mappings {
            by_issuer.entry(from).or_default().insert(to);
        }
        let Some(level) = self.levels.last_mut() else {
            return Ok(());
        };
        let any = level.keys().find(|policy| is_any(policy)).copied();
        for (from, expected) in by_issuer {
            match (level.get_mut(from), any) {
                _ if inhibited => {
                    level.remove(from);
                }
                (Some(node), _) => node.expected = expected,
                (None, Some(any)) => {
                    let parents = vec![any];
                    level.insert(from, Node { expected, parents });
                }
                (None, None) => {}
            }
        }
        Ok(())
    }

    /// Section 6.1.5 (g) of RFC 9618: of the nodes from which the last level is reached, those right below anyPolicy.
    fn valid(&self, anchor: Option<&[Oid]>) -> ValidPolicies {
        let mut valid = ValidPolicies::default();
        let mut reached: BTreeSet<&Oid> = BTreeSet::new();
        for (depth, level) in self.levels.iter().enumerate().rev() {
            let last = depth.saturating_add(1) == self.levels.len();
            let live = level
                .iter()
                .filter(|(policy, _)| last || reached.contains(*policy));
            let mut above = BTreeSet::new();
            for (policy, node) in live {
                valid.any |= last && is_any(policy) && depth > 0;
                if !is_any(policy) && node.parents.iter().any(|parent| is_any(parent)) {
                    valid.policies.insert((*policy).clone());
                }
                above.extend(&node.parents);
            }
            reached = above;
        }
        let narrowed = anchor.filter(|policies| !policies.iter().any(is_any));
        valid.anchor = narrowed.map(|policies| policies.iter().cloned().collect());
        valid
    }
}

#[cfg(test)]
mod tests;
