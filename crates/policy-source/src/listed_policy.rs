//! A policy, and the revocation lists that its document names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use client_cert::{Crl, CrlSet, DomainName, DomainRevocation, OnUncertain, Policy, RevocationRule};

use crate::document::kind::CrlSource;
use crate::document::{OnUncertain as Configured, RevocationEntry};
use crate::fetched_lists::FetchedLists;
use crate::file_lists::FileLists;
use crate::relative_name::RelativeName;
use crate::wanted_lists::WantedLists;

/// A policy without its revocation lists, and what it takes to apply them: a document takes effect whether or not its lists can
/// be had, and lists change without it. Clones are cheap.
#[derive(Clone, Debug)]
pub struct ListedPolicy {
    policy: Policy,
    /// How domains look up revocation, those that do and that a rule names.
    revocation: Arc<BTreeMap<DomainName, RevocationEntry>>,
    files: FileLists,
    verified: Verified,
}

/// The lists as they were last verified. Clones share them.
#[derive(Clone, Debug, Default)]
struct Verified(Arc<Mutex<Vec<DomainRevocation>>>);

impl ListedPolicy {
    pub(crate) fn new(
        policy: Policy,
        mut revocation: BTreeMap<DomainName, RevocationEntry>,
    ) -> Self {
        let named: BTreeSet<&DomainName> = policy
            .domains()
            .iter()
            .filter_map(|domain| domain.name())
            .collect();
        revocation.retain(|name, _| named.contains(name));
        Self {
            policy,
            revocation: Arc::new(revocation),
            files: FileLists::default(),
            verified: Verified::default(),
        }
    }

    /// The policy with revocation looked up as its document says, and what is to be known about lists that are not there. It
    /// verifies the signature of each list that is new since the last time, so that it belongs off the threads that answer
    /// requests.
    ///
    /// A list that is missing, unreadable or signed by nobody in the domain keeps nothing from taking effect: what it would
    /// cover is unknown, and refused unless the document allows that.
    pub fn policy(&self, fetched: &FetchedLists) -> (Policy, Vec<String>) {
        let mut notes = Vec::new();
        let before = self.verified.get();
        let domains =
            self.policy.domains().iter().filter_map(|domain| {
                let entry = self.revocation.get(domain.name()?)?;
                let mut before = before.iter();
                let before = before.find(|before| before.domain.name() == domain.name());
                let (lists, missing) = self.lists(entry, fetched);
                let (lists, unusable) = match before {
                    Some(before) => before.renewed(domain, lists),
                    None => CrlSet::new(domain, lists),
                };
                let unusable = unusable.iter().map(ToString::to_string);
                let label = domain.label();
                notes.extend(missing.into_iter().chain(unusable).map(|found| {
                    format!("trust domain {label}: {found}; what it covers is unknown")
                }));
                Some(DomainRevocation {
                    domain: Arc::clone(domain),
                    rule: RevocationRule {
                        unknown: on_uncertain(entry.unknown),
                        stale: on_uncertain(entry.stale),
                    },
                    lists: Arc::new(lists),
                })
            });
        let domains: Vec<DomainRevocation> = domains.collect();
        self.verified.set(domains.clone());
        (self.policy.with_revocation(domains), notes)
    }

    /// Takes over what was verified for an earlier policy: a list that stays, in a domain whose authorities stay, is not verified
    /// again.
    pub(crate) fn take_over(&self, earlier: &Self) {
        self.verified.set(earlier.verified.get());
    }

    /// The lists at URLs that its document names.
    pub fn wanted_lists(&self) -> WantedLists {
        let mut wanted = WantedLists::default();
        for domain in self.policy.domains() {
            let entry = domain.name().and_then(|name| self.revocation.get(name));
            for source in entry.into_iter().flat_map(|entry| &entry.crls) {
                if let CrlSource::Url(url) = &source.value {
                    wanted.add(url, domain);
                }
            }
        }
        wanted
    }

    /// The files of lists that its document names.
    pub(crate) fn list_files(&self) -> BTreeSet<RelativeName> {
        let files = self.sources().filter_map(|source| match source {
            CrlSource::File(name) => Some(name.clone()),
            CrlSource::Url(_) => None,
        });
        files.collect()
    }

    /// The lists in files that it has.
    pub(crate) fn files(&self) -> &FileLists {
        &self.files
    }

    /// The same with the lists of these files in place of those that it had.
    pub(crate) fn with_files(&self, files: &FileLists) -> Self {
        Self {
            files: files.clone(),
            ..self.clone()
        }
    }

    fn sources(&self) -> impl Iterator<Item = &CrlSource> {
        let entries = self.revocation.values();
        entries.flat_map(|entry| entry.crls.iter().map(|source| &source.value))
    }

    /// The lists that are there, and what is to be known about the others.
    fn lists(
        &self,
        entry: &RevocationEntry,
        fetched: &FetchedLists,
    ) -> (Vec<Arc<Crl>>, Vec<String>) {
        let (mut lists, mut missing) = (Vec::new(), Vec::new());
        for source in &entry.crls {
            match self.list(&source.value, fetched) {
                Ok(list) => lists.push(list),
                Err(found) => missing.push(found),
            }
        }
        (lists, missing)
    }

    /// A list, or what is to be known about one that is not there.
    fn list(&self, source: &CrlSource, fetched: &FetchedLists) -> Result<Arc<Crl>, String> {
        match source {
            CrlSource::File(name) => {
                let list = self.files.get(name).cloned();
                list.map_err(|error| format!("{:?}: {error}", name.as_str()))
            }
            CrlSource::Url(url) => match fetched.get(url) {
                Some(fetched) => Ok(Arc::clone(&fetched.list)),
                None => Err(format!("the revocation list at {url} has not been fetched")),
            },
        }
    }
}

impl Verified {
    fn get(&self) -> Vec<DomainRevocation> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, verified: Vec<DomainRevocation>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = verified;
    }
}

fn on_uncertain(configured: Configured) -> OnUncertain {
    match configured {
        Configured::Deny => OnUncertain::Deny,
        Configured::Allow => OnUncertain::Allow,
    }
}
