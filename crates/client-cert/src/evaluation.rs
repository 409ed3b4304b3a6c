//! The evaluation of one certificate against a policy: made once, read by the decision and by the explanation.

use std::sync::Arc;

use rustls_pki_types::UnixTime;

use crate::caller::Caller;
use crate::check::{Finding, Findings};
use crate::condition::Condition;
use crate::decision::Refusal;
use crate::denial::Denial;
use crate::denied::DeniedEntry;
use crate::listing::Listing;
use crate::permit::{Admitted, Principal};
use crate::policy::Policy;
use crate::policy_name::CallerName;
use crate::revocation::{Looked, Revocation};
use crate::rule::Rule;
use crate::trust::{self, Path, PathError, TrustDomain};
use crate::window::Window;
use crate::x509::{Certificate, Validity};

/// Everything that a policy says about one certificate at one instant.
///
/// The order of the work does not depend on what the policy lists: first the checks of the certificate, then a path in
/// every domain, and only then the rules that list it. How long a refusal takes tells nobody which names are listed.
#[derive(Clone, Debug)]
pub struct Evaluation<'a> {
    policy: &'a Policy,
    certificate: &'a Certificate,
    denied: Option<DeniedEntry>,
    findings: Findings,
    paths: Vec<DomainPath<'a>>,
    candidates: Vec<Candidate<'a>>,
}

/// A domain and what came of looking for a path in it.
#[derive(Clone, Debug)]
pub(crate) struct DomainPath<'a> {
    pub(crate) domain: &'a Arc<TrustDomain>,
    /// One at least.
    pub(crate) paths: Result<Vec<Path<'a>>, PathError>,
}

/// A rule that lists the certificate, and whether everything else that it requires is there.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    listing: &'a Arc<Listing>,
    /// The time in which every certificate that this rests on is valid; or what is against it, one denial at least.
    outcome: Result<Backing, Vec<Denial>>,
}

/// What an admission rests on.
#[derive(Clone, Copy, Debug)]
struct Backing {
    /// The time in which all of it holds.
    validity: Validity,
    revocation: Revocation,
}

impl Backing {
    fn within(self, validity: Validity) -> Self {
        Self {
            validity: self.validity.intersection(validity),
            ..self
        }
    }
}

/// Evaluates a certificate. Pure: the same arguments give the same result, and nothing is kept.
pub fn evaluate<'a>(
    policy: &'a Policy,
    certificate: &'a Certificate,
    now: UnixTime,
) -> Evaluation<'a> {
    let findings = Findings::new(policy.fitness(), certificate, now);
    let paths = paths(policy, certificate, &findings, now);
    let facts = Facts {
        certificate,
        findings: &findings,
        paths: &paths,
        policy,
        now,
    };
    let listings = policy.listings().of(certificate);
    let candidates = listings.into_iter().map(|listing| Candidate {
        listing,
        outcome: facts.weigh(listing),
    });
    let candidates = candidates.collect();
    Evaluation {
        policy,
        certificate,
        denied: policy.denied().entry_for(certificate),
        findings,
        paths,
        candidates,
    }
}

/// A path in every domain; none for a certificate that no path could make fit.
fn paths<'a>(
    policy: &'a Policy,
    certificate: &Certificate,
    findings: &Findings,
    now: UnixTime,
) -> Vec<DomainPath<'a>> {
    if !findings.for_name().all(Finding::passes) {
        return Vec::new();
    }
    let fitness = policy.fitness();
    let path = |domain: &'a Arc<TrustDomain>| DomainPath {
        domain,
        paths: trust::paths(domain, certificate, fitness, now),
    };
    policy.domains().iter().map(path).collect()
}

/// What a rule is held against, besides the rule itself.
struct Facts<'a, 'p> {
    certificate: &'p Certificate,
    findings: &'p Findings,
    paths: &'p [DomainPath<'a>],
    policy: &'p Policy,
    now: UnixTime,
}

impl Facts<'_, '_> {
    /// The time in which all that the rule requires is there; or what is against it now.
    fn weigh(&self, listing: &Listing) -> Result<Backing, Vec<Denial>> {
        let window = listing.window();
        if let Some(denial) = window.denial(self.now) {
            return Err(vec![denial]);
        }
        let backing = match listing.rule.domain() {
            None => {
                passed(self.findings.for_pin())?;
                Backing {
                    validity: self.certificate.validity(),
                    revocation: Revocation::NotConfigured,
                }
            }
            Some(domain) => {
                passed(self.findings.for_name())?;
                let backed = self.backed(&listing.rule, domain)?;
                backed.within(self.certificate.validity())
            }
        };
        Ok(backing.within(window.validity()))
    }

    /// The time in which the authorities of some path back the rule: of the first path that does. Without one, what is against
    /// the first.
    fn backed(&self, rule: &Rule, domain: &Arc<TrustDomain>) -> Result<Backing, Vec<Denial>> {
        let paths = paths_in(domain, self.paths).map_err(|error| vec![Denial::Path(error)])?;
        let mut fault = None;
        for path in paths {
            let backed = self.backed_by(rule, path);
            match backed.and_then(|()| self.unrevoked(domain, path)) {
                Ok(backing) => return Ok(backing.within(path.validity)),
                Err(denial) => {
                    fault.get_or_insert(denial);
                }
            }
        }
        Err(vec![
            fault.unwrap_or(Denial::Path(PathError::UnknownIssuer)),
        ])
    }

    /// Looks the certificates of a path up in the lists of its domain.
    fn unrevoked(&self, domain: &Arc<TrustDomain>, path: &Path<'_>) -> Result<Backing, Denial> {
        let always = Window::ALWAYS.validity();
        let Some(configured) = self.policy.revocation_of(domain) else {
            return Ok(Backing {
                validity: always,
                revocation: Revocation::NotConfigured,
            });
        };
        let certificates = std::iter::once(self.certificate).chain(path.intermediates());
        let Looked { state, until } = configured.lists.look_up(certificates, self.now);
        match (configured.rule.admits(state), state) {
            (true, revocation) => Ok(Backing {
                validity: Validity {
                    not_after: until,
                    ..always
                },
                revocation,
            }),
            (false, Revocation::Stale) => Err(Denial::RevocationStale),
            (false, Revocation::Unknown) => Err(Denial::RevocationUnknown),
            (false, _) => Err(Denial::Revoked),
        }
    }

    /// Whether no authority of a path is denied, and each may issue the names that the rule compares.
    fn backed_by(&self, rule: &Rule, path: &Path<'_>) -> Result<(), Denial> {
        let mut authorities = path.authorities();
        if let Some(by) =
            authorities.find_map(|authority| self.policy.denied().entry_for(authority))
        {
            return Err(Denial::Denied { by });
        }
        for condition in rule.conditions() {
            let covered = match condition {
                Condition::CommonName(name) => path.covers(name),
                Condition::Subject(subject) => subject
                    .common_names()
                    .try_for_each(|name| path.covers(name)),
                Condition::CertificatePolicy(policy) => path.valid_for_policy(policy),
                _ => Ok(()),
            };
            covered.map_err(Denial::Path)?;
        }
        Ok(())
    }
}

impl<'a> Candidate<'a> {
    /// The caller whose rule it is.
    pub fn caller(&self) -> &'a Caller {
        &self.listing.caller
    }

    /// The rule.
    pub fn rule(&self) -> &'a Rule {
        &self.listing.rule
    }

    /// When the rule counts: within its own window and its caller's.
    pub fn window(&self) -> Window {
        self.listing.window()
    }

    /// Whether the rule admits the certificate.
    pub fn admits(&self) -> bool {
        self.outcome.is_ok()
    }

    /// What the rule requires and the certificate does not have, in the order of [`Reason`](crate::Reason).
    pub fn denials(&self) -> &[Denial] {
        self.outcome.as_ref().err().map_or(&[], Vec::as_slice)
    }
}

/// Nothing, or the denials among the findings.
fn passed<'f>(findings: impl Iterator<Item = &'f Finding>) -> Result<(), Vec<Denial>> {
    let denials: Vec<Denial> = findings
        .filter_map(|finding| finding.denial.clone())
        .collect();
    match denials.is_empty() {
        true => Ok(()),
        false => Err(denials),
    }
}

/// The paths in one domain. Every domain that a rule names has some, or a fault, where the certificate is fit.
fn paths_in<'p, 'a>(
    domain: &Arc<TrustDomain>,
    paths: &'p [DomainPath<'a>],
) -> Result<&'p [Path<'a>], PathError> {
    let found = paths.iter().find(|path| Arc::ptr_eq(path.domain, domain));
    match found.map(|found| &found.paths) {
        Some(Ok(paths)) => Ok(paths),
        Some(Err(error)) => Err(error.clone()),
        None => Err(PathError::UnknownIssuer),
    }
}

impl<'a> Evaluation<'a> {
    /// The certificate.
    pub fn certificate(&self) -> &'a Certificate {
        self.certificate
    }

    /// The entry by which the policy denies the certificate, if one does.
    pub fn denied(&self) -> Option<&DeniedEntry> {
        self.denied.as_ref()
    }

    /// The rules that list the certificate; none for a stranger's.
    pub fn candidates(&self) -> &[Candidate<'a>] {
        &self.candidates
    }

    pub(crate) fn findings(&self) -> &Findings {
        &self.findings
    }

    pub(crate) fn paths(&self) -> &[DomainPath<'a>] {
        &self.paths
    }

    /// The caller whose rules admit the certificate, by the closest of them; or why there is not exactly one such caller.
    pub(crate) fn conclude(&self) -> Result<Admitted, Refusal> {
        if let Some(by) = self.denied.clone() {
            return Err(self.refusal(vec![Denial::Denied { by }]));
        }
        let admitting = self
            .candidates
            .iter()
            .filter_map(|candidate| Some((candidate.listing, *candidate.outcome.as_ref().ok()?)));
        let closest = admitting.min_by_key(|(listing, _)| listing.rule.closeness());
        match (closest, self.admitting_callers()) {
            (Some((listing, backing)), callers) if callers.len() == 1 => Ok(Admitted::new(
                Principal::new(self.certificate),
                Arc::clone(listing),
                backing.validity,
                backing.revocation,
                self.policy.version(),
            )),
            (Some(_), callers) => Err(self.refusal(vec![Denial::SeveralCallers { callers }])),
            (None, _) => Err(self.refusal(self.denials())),
        }
    }

    /// Whether every rule that lists the certificate belongs to one caller, so that no other rule can come to admit it
    /// while the first still does.
    pub(crate) fn concerns_one_caller(&self) -> bool {
        let name = |candidate: &Candidate<'a>| &candidate.listing.caller.name;
        self.candidates
            .windows(2)
            .all(|pair| matches!(pair, [first, second] if name(first) == name(second)))
    }

    /// The names of the callers whose rules admit the certificate, in the order of the policy, which is gone through for a
    /// refusal alone.
    fn admitting_callers(&self) -> Vec<Option<CallerName>> {
        let admitting = || self.candidates.iter().filter(|one| one.admits());
        let first = admitting().map(|one| &one.caller().name).next();
        if admitting().all(|one| Some(&one.caller().name) == first) {
            return first.cloned().into_iter().collect();
        }
        let admits = |caller: &&Caller| admitting().any(|one| one.caller().name == caller.name);
        let callers = self.policy.callers().filter(admits);
        callers.map(|caller| caller.name.clone()).collect()
    }

    /// What is against every rule that lists the certificate, or that none does.
    fn denials(&self) -> Vec<Denial> {
        let of_rules = self.candidates.iter().flat_map(Candidate::denials).cloned();
        of_rules.chain(self.unlisted()).collect()
    }

    /// Why no rule lists the certificate; with rules that do, only whether a further name of it is listed in vain.
    pub(crate) fn unlisted(&self) -> Option<Denial> {
        let ambiguous = self
            .policy
            .listings()
            .ambiguous_common_names(self.certificate);
        match ambiguous {
            Some(found) => Some(Denial::CommonNameAmbiguous { found }),
            None if !self.candidates.is_empty() => None,
            None if self.policy.is_empty() => Some(Denial::PolicyEmpty),
            None => Some(Denial::NotListed),
        }
    }

    fn refusal(&self, denials: Vec<Denial>) -> Refusal {
        Refusal::ranked(denials, Principal::new(self.certificate))
    }
}
