//! The revocation lists that were fetched.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use client_cert::Crl;

use crate::list_url::ListUrl;

/// The revocation lists that were fetched, by their URLs. A clone is cheap.
#[derive(Clone, Debug, Default)]
pub struct FetchedLists(Arc<BTreeMap<ListUrl, FetchedList>>);

/// A list, and when its server last showed it.
#[derive(Clone, Debug)]
pub struct FetchedList {
    /// The list. Who signed it has not been looked at.
    pub list: Arc<Crl>,
    /// When its server last gave it, or said that there is no other.
    pub confirmed: SystemTime,
}

impl FetchedLists {
    /// The list at a URL; `None` if none has been fetched.
    pub fn get(&self, url: &ListUrl) -> Option<&FetchedList> {
        self.0.get(url)
    }

    /// All of them, in the order of their URLs.
    pub fn iter(&self) -> impl Iterator<Item = (&ListUrl, &FetchedList)> {
        self.0.iter()
    }
}

impl FromIterator<(ListUrl, FetchedList)> for FetchedLists {
    fn from_iter<I: IntoIterator<Item = (ListUrl, FetchedList)>>(lists: I) -> Self {
        Self(Arc::new(lists.into_iter().collect()))
    }
}
