//! The revocation lists that a policy document names by URL.

use std::fmt;
use std::path::PathBuf;

use app_settings::Problem;
use policy_source::{FetchedLists, ListEvent, ListFetcher, ListOptions, LoadedDocument, Unusable};

use crate::config::known::POLICY;
use crate::log::system_time;

/// The revocation lists that a policy document names by URL. Nothing of an HTTP client is made as long as it names none.
pub(crate) struct ListSource {
    cache: Option<PathBuf>,
    fetcher: Option<ListFetcher>,
}

impl ListSource {
    /// No lists yet; their copies are kept in this folder.
    pub(super) fn new(cache: Option<PathBuf>) -> Self {
        Self {
            cache,
            fetcher: None,
        }
    }

    /// For the start: fetches these from now on, and loads their copies.
    pub(super) fn start(&mut self, document: &LoadedDocument) -> Result<(), Problem> {
        self.want(document)?;
        if let Some(fetcher) = &mut self.fetcher {
            fetcher.load_copies();
        }
        Ok(())
    }

    /// Fetches the lists that this document names from now on, and no others.
    ///
    /// # Errors
    ///
    /// The TLS library does not start.
    pub(crate) fn want(&mut self, document: &LoadedDocument) -> Result<(), Problem> {
        let wanted = document.wanted_lists();
        if self.fetcher.is_none() && !wanted.is_empty() {
            self.fetcher = Some(
                self.made()
                    .map_err(|error| Problem::new(POLICY, error.to_string()))?,
            );
        }
        if let Some(fetcher) = &mut self.fetcher {
            fetcher.want(wanted);
        }
        Ok(())
    }

    fn made(&self) -> Result<ListFetcher, Unusable> {
        let mut options = ListOptions::new(system_time);
        options.cache.clone_from(&self.cache);
        ListFetcher::new(options)
    }

    /// The lists that were fetched.
    pub(crate) fn lists(&self) -> FetchedLists {
        let fetcher = self.fetcher.as_ref();
        fetcher.map(ListFetcher::lists).unwrap_or_default()
    }

    /// Asks for every list at once.
    pub(crate) fn fetch_now(&mut self) {
        if let Some(fetcher) = &mut self.fetcher {
            fetcher.fetch_now();
        }
    }

    /// Waits for the next event; for ever where no list is wanted. It can be dropped at any time.
    pub(crate) async fn next(&mut self) -> ListEvent {
        match &mut self.fetcher {
            Some(fetcher) => fetcher.next().await,
            None => std::future::pending().await,
        }
    }
}

impl fmt::Debug for ListSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListSource").finish_non_exhaustive()
    }
}
