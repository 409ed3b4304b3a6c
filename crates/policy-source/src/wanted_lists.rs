//! The revocation lists that documents want fetched.

use std::collections::BTreeMap;
use std::sync::Arc;

use client_cert::TrustDomain;

use crate::list_url::ListUrl;

/// The URLs of the revocation lists that documents name, and the trust domains whose authorities may sign each. A list that none of
/// them signed is not taken in place of one that they did.
#[derive(Clone, Debug, Default)]
pub struct WantedLists(BTreeMap<ListUrl, Vec<Arc<TrustDomain>>>);

impl WantedLists {
    /// The URLs, each once.
    pub fn urls(&self) -> impl Iterator<Item = &ListUrl> {
        self.0.keys()
    }

    /// Whether no list is wanted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn add(&mut self, url: &ListUrl, domain: &Arc<TrustDomain>) {
        let domains = self.0.entry(url.clone()).or_default();
        domains.push(Arc::clone(domain));
    }

    pub(crate) fn extend(&mut self, other: Self) {
        for (url, domains) in other.0 {
            self.0.entry(url).or_default().extend(domains);
        }
    }

    #[cfg(feature = "remote")]
    pub(crate) fn into_iter(
        self,
    ) -> impl ExactSizeIterator<Item = (ListUrl, Vec<Arc<TrustDomain>>)> {
        self.0.into_iter()
    }
}
