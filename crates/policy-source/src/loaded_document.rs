//! What a document, the one that it names for trial, and their files come to.

use client_cert::{Fitness, FrontEnd};

use crate::document::{MAX_DOCUMENT_BYTES, Problem};
use crate::listed_policy::ListedPolicy;
use crate::load::{Loaded, load};
use crate::named_files::{MAX_FILE_BYTES, Unreadable};
use crate::relative_name::RelativeName;
use crate::wanted_lists::WantedLists;

/// What a document and the one that it names for trial come to. Clones are cheap.
#[derive(Clone, Debug)]
pub struct LoadedDocument {
    /// The policy that decides.
    pub policy: ListedPolicy,
    /// What takes effect, and is seldom meant.
    pub notes: Vec<Problem>,
    /// The policy that is tried, if the document names one; or what is wrong with that. It never keeps the document from
    /// taking effect.
    pub report_only: Option<Result<ListedPolicy, Unloadable>>,
}

/// Why a document has no effect.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unloadable {
    /// The document itself cannot be read: what was found in its place.
    Document(Unreadable),
    /// What is wrong with it, all at once.
    Problems(Vec<Problem>),
}

impl LoadedDocument {
    /// Loads a document, the one that it names for trial, and the certificates that both name, wherever they are: `read` gives a
    /// file beside the document, of at most so many bytes. Revocation lists are read apart.
    pub(crate) fn load(
        document: &[u8],
        front_end: FrontEnd,
        fitness: Fitness,
        mut read: impl FnMut(&RelativeName, u64) -> Result<Vec<u8>, Unreadable>,
    ) -> Result<Self, Unloadable> {
        let Loaded {
            policy,
            revocation,
            report_only,
            notes,
        } = load(document, front_end, fitness, |name| {
            read(name, MAX_FILE_BYTES)
        })
        .map_err(Unloadable::Problems)?;
        let report_only = report_only.map(|name| {
            let document = read(&name, MAX_DOCUMENT_BYTES).map_err(Unloadable::Document)?;
            let tried = load(&document, front_end, fitness, |name| {
                read(name, MAX_FILE_BYTES)
            })
            .map_err(Unloadable::Problems)?;
            Ok(ListedPolicy::new(tried.policy, tried.revocation))
        });
        Ok(Self {
            policy: ListedPolicy::new(policy, revocation),
            notes,
            report_only,
        })
    }

    /// The revocation lists at URLs that either policy names.
    pub fn wanted_lists(&self) -> WantedLists {
        let mut wanted = WantedLists::default();
        let policies = self.policies();
        policies.for_each(|policy| wanted.extend(policy.wanted_lists()));
        wanted
    }

    /// Takes over what was verified for the document that this one takes the place of: a revocation list that stays, in a domain
    /// whose authorities stay, is not verified again.
    pub fn take_over(&self, earlier: &Self) {
        self.policy.take_over(&earlier.policy);
        if let (Some(Ok(tried)), Some(Ok(earlier))) = (&self.report_only, &earlier.report_only) {
            tried.take_over(earlier);
        }
    }

    /// The same with the lists in files read anew, each once. One whose file has the same list is not parsed again.
    pub(crate) fn with_lists(
        &self,
        read: impl FnMut(&RelativeName, u64) -> Result<Vec<u8>, Unreadable>,
    ) -> Self {
        let names = self.policies().flat_map(ListedPolicy::list_files).collect();
        let files = self.policy.files().renewed(names, read);
        let report_only = self.report_only.clone();
        Self {
            policy: self.policy.with_files(&files),
            notes: self.notes.clone(),
            report_only: report_only.map(|tried| tried.map(|tried| tried.with_files(&files))),
        }
    }

    fn policies(&self) -> impl Iterator<Item = &ListedPolicy> {
        let tried = self.report_only.iter().flatten();
        std::iter::once(&self.policy).chain(tried)
    }
}
