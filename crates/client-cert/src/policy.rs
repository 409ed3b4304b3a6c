//! The policy: who is admitted, and what a certificate must be like. Data only; [`evaluate`](crate::evaluate) applies it.

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::caller::{Caller, CallerName};
use crate::fitness::Fitness;
use crate::front_end::FrontEnd;
use crate::listing::Listings;
use crate::rule::Rule;
use crate::trust::TrustDomain;

/// Who is admitted. A policy without rules admits nobody.
#[derive(Clone, Debug)]
pub struct Policy {
    front_end: FrontEnd,
    fitness: Fitness,
    callers: Vec<Arc<Caller>>,
    domains: Vec<Arc<TrustDomain>>,
    listings: Listings,
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
        Ok(Self {
            front_end,
            fitness,
            domains: domains(&callers),
            listings: Listings::new(&callers),
            callers,
        })
    }

    /// The same policy behind another front end.
    #[must_use]
    pub fn with_front_end(&self, front_end: FrontEnd) -> Self {
        Self {
            front_end,
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

    /// The callers, in the order in which they were given.
    pub fn callers(&self) -> impl Iterator<Item = &Caller> {
        self.callers.iter().map(AsRef::as_ref)
    }

    /// The rules of all callers.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.callers().flat_map(|caller| &caller.rules)
    }

    /// The domains that its rules name, each once.
    pub fn domains(&self) -> &[Arc<TrustDomain>] {
        &self.domains
    }

    /// Whether it admits nobody.
    pub fn is_empty(&self) -> bool {
        self.rules().next().is_none()
    }

    pub(crate) fn listings(&self) -> &Listings {
        &self.listings
    }
}

/// The domains that rules name. One domain is one allocation that rules share, so identity is enough to compare them.
fn domains(callers: &[Arc<Caller>]) -> Vec<Arc<TrustDomain>> {
    let mut domains: Vec<Arc<TrustDomain>> = Vec::new();
    for rule in callers.iter().flat_map(|caller| &caller.rules) {
        if let Rule::Name { domain, .. } = rule
            && !domains.iter().any(|known| Arc::ptr_eq(known, domain))
        {
            domains.push(Arc::clone(domain));
        }
    }
    domains
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
