//! The policy: who is admitted, and what a certificate must be like. Data only; [`evaluate`](crate::evaluate) applies it.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::denied::{Denied, DeniedEntry};
use crate::fitness::Fitness;
use crate::front_end::FrontEnd;
use crate::listing::Listings;
use crate::policy_name::CallerName;
use crate::revocation::{Crl, CrlSet, RevocationRule, UnusableCrl};
use crate::rule::Rule;
use crate::trust::TrustDomain;
use crate::unavailable::Unavailable;

/// Who is admitted. A policy without rules admits nobody. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Policy {
    front_end: FrontEnd,
    fitness: Fitness,
    access: Arc<Access>,
    revocation: Arc<[DomainRevocation]>,
}

/// How one domain looks up revocation.
#[derive(Clone, Debug)]
pub struct DomainRevocation {
    /// The domain.
    pub domain: Arc<TrustDomain>,
    /// What becomes of callers where it cannot be looked up.
    pub rule: RevocationRule,
    /// The lists that are there.
    pub lists: Arc<CrlSet>,
}

impl DomainRevocation {
    /// The lists that an authority of a domain signed, and what is wrong with the others, as [`CrlSet::new`]. Where the domain
    /// has the authorities of this one, lists that are here already, byte for byte, are not verified again.
    pub fn renewed(
        &self,
        domain: &TrustDomain,
        lists: impl IntoIterator<Item = impl Into<Arc<Crl>>>,
    ) -> (CrlSet, Vec<UnusableCrl>) {
        match self.domain.has_authorities_of(domain) {
            true => self.lists.renewed(domain, lists),
            false => CrlSet::new(domain, lists),
        }
    }
}

/// What does not depend on where the policy is in force.
#[derive(Debug)]
struct Access {
    version: Option<PolicyVersion>,
    callers: Vec<Arc<Caller>>,
    domains: Vec<Arc<TrustDomain>>,
    listings: Listings,
    denied: Denied,
    unavailable: Option<Unavailable>,
}

impl Policy {
    /// A policy from parts that fit together.
    ///
    /// # Errors
    ///
    /// [`PolicyError::RepeatedCaller`]: two callers with one name, or two without a name.
    pub fn new(
        front_end: FrontEnd,
        fitness: Fitness,
        callers: impl IntoIterator<Item = Caller>,
    ) -> Result<Self, PolicyError> {
        let callers: Vec<Arc<Caller>> = callers.into_iter().map(Arc::new).collect();
        let mut names = HashSet::new();
        for caller in &callers {
            if !names.insert(&caller.name) {
                let name = caller.name.clone();
                return Err(PolicyError::RepeatedCaller { name });
            }
        }
        let access = Access {
            version: None,
            domains: domains(&callers),
            listings: Listings::new(&callers),
            denied: Denied::default(),
            unavailable: None,
            callers,
        };
        Ok(Self {
            front_end,
            fitness,
            access: Arc::new(access),
            revocation: Arc::default(),
        })
    }

    /// What is in force where a policy was configured and cannot be had: every secured call is refused for that reason.
    pub fn unavailable(front_end: FrontEnd, why: Unavailable) -> Self {
        let access = Access {
            version: None,
            callers: Vec::new(),
            domains: Vec::new(),
            listings: Listings::default(),
            denied: Denied::default(),
            unavailable: Some(why),
        };
        Self {
            front_end,
            fitness: Fitness::default(),
            access: Arc::new(access),
            revocation: Arc::default(),
        }
    }

    /// The same policy behind another front end.
    #[must_use]
    pub fn with_front_end(&self, front_end: FrontEnd) -> Self {
        Self {
            front_end,
            ..self.clone()
        }
    }

    /// The same policy, which denies these certificates and no others.
    #[must_use]
    pub fn with_denied(&self, entries: impl IntoIterator<Item = DeniedEntry>) -> Self {
        self.with(|access| access.denied = Denied::new(entries))
    }

    /// The same policy with revocation looked up so, in these domains and in no others. The rest of it is shared: new lists
    /// cost nothing, however many callers there are.
    #[must_use]
    pub fn with_revocation(&self, revocation: impl IntoIterator<Item = DomainRevocation>) -> Self {
        Self {
            revocation: revocation.into_iter().collect(),
            ..self.clone()
        }
    }

    /// The same policy, known by a version.
    #[must_use]
    pub fn with_version(&self, version: PolicyVersion) -> Self {
        self.with(|access| access.version = Some(version))
    }

    fn with(&self, change: impl FnOnce(&mut Access)) -> Self {
        let mut access = Access {
            version: self.access.version,
            callers: self.access.callers.clone(),
            domains: self.access.domains.clone(),
            listings: self.access.listings.clone(),
            denied: self.access.denied.clone(),
            unavailable: self.access.unavailable,
        };
        change(&mut access);
        Self {
            access: Arc::new(access),
            ..self.clone()
        }
    }

    /// Who sets the certificate's header.
    pub fn front_end(&self) -> FrontEnd {
        self.front_end
    }

    /// What a caller's certificate must be like.
    pub fn fitness(&self) -> Fitness {
        self.fitness
    }

    /// Which text it was made from, if it was given one.
    pub fn version(&self) -> Option<PolicyVersion> {
        self.access.version
    }

    /// The callers, in the order in which they were given.
    pub fn callers(&self) -> impl Iterator<Item = &Caller> {
        self.access.callers.iter().map(AsRef::as_ref)
    }

    /// The rules of all callers.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.callers().flat_map(|caller| &caller.rules)
    }

    /// The domains that its rules name, each once.
    pub fn domains(&self) -> &[Arc<TrustDomain>] {
        &self.access.domains
    }

    /// Whether it admits nobody.
    pub fn is_empty(&self) -> bool {
        self.rules().next().is_none()
    }

    /// Whether it is a policy, and not what stands for one that cannot be had.
    pub fn is_available(&self) -> bool {
        self.access.unavailable.is_none()
    }

    /// Why it cannot be had, if it is not a policy but what stands for one.
    pub fn why_unavailable(&self) -> Option<Unavailable> {
        self.access.unavailable
    }

    pub(crate) fn listings(&self) -> &Listings {
        &self.access.listings
    }

    /// How domains look up revocation, those that do.
    pub fn revocation(&self) -> &[DomainRevocation] {
        &self.revocation
    }

    pub(crate) fn revocation_of(&self, domain: &Arc<TrustDomain>) -> Option<&DomainRevocation> {
        let mut revocation = self.revocation.iter();
        revocation.find(|revocation| Arc::ptr_eq(&revocation.domain, domain))
    }

    pub(crate) fn denied(&self) -> &Denied {
        &self.access.denied
    }
}

/// The domains that rules name. One domain is one allocation that rules share, so identity is enough to compare them.
fn domains(callers: &[Arc<Caller>]) -> Vec<Arc<TrustDomain>> {
    let mut seen = HashSet::new();
    let rules = callers.iter().flat_map(|caller| &caller.rules);
    let named = rules.filter_map(Rule::domain);
    named
        .filter(|domain| seen.insert(Arc::as_ptr(domain)))
        .cloned()
        .collect()
}

/// Which text a policy was made from: a short digest of the document and of every file that it names, or of the lists.
///
/// Short enough for each line of the log, and long enough that two versions of one policy do not meet by accident. It
/// proves nothing. `Display` writes 12 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct PolicyVersion([u8; 6]);

impl PolicyVersion {
    /// The version of a policy that is made from these parts, in this order.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        let digest = digest.finalize();
        let (head, _) = digest.as_chunks::<6>();
        Self(head.first().copied().unwrap_or_default())
    }
}

impl fmt::Display for PolicyVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Why callers do not make a policy.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PolicyError {
    /// Two callers have the same name, or both have none.
    RepeatedCaller {
        /// The name.
        name: Option<CallerName>,
    },
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RepeatedCaller { name: Some(name) } => {
                write!(f, "expected each caller once, found two named {name}")
            }
            Self::RepeatedCaller { name: None } => {
                f.write_str("expected one caller without a name at most, found two")
            }
        }
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_parts_and_their_order_apart() {
        let version = |parts: &[&[u8]]| PolicyVersion::of(parts.iter().copied()).to_string();
        let all = [
            version(&[]),
            version(&[b""]),
            version(&[b"ab"]),
            version(&[b"a", b"b"]),
            version(&[b"b", b"a"]),
        ];
        let distinct: HashSet<&String> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        assert_eq!(version(&[b"ab"]), version(&[b"ab"]));
        assert_eq!(version(&[]).len(), 12);
    }
}
