//! What becomes of revocation lists, and why one is not taken.

use std::fmt;

use client_cert::{NoSuccessor, SignerError};

use crate::list_encoding::NoList;
use crate::list_url::ListUrl;
use crate::remote::{CacheError, FetchError};

/// What became of the lists that are wanted.
#[derive(Debug)]
#[non_exhaustive]
pub enum ListEvent {
    /// There is another list: apply [`lists`](super::ListFetcher::lists) again.
    Changed {
        /// Where it was fetched.
        url: ListUrl,
    },
    /// No list was taken; given once until something else is the matter. The last one stays.
    Failed {
        /// Where it is.
        url: ListUrl,
        /// Why.
        error: ListFault,
    },
    /// It is fetched again.
    Recovered {
        /// Where it is.
        url: ListUrl,
    },
    /// A list is in use and its copy cannot be written; given once until one can.
    CopyFailed(CacheError),
    /// More URLs are wanted than are fetched: the last in their order are left out.
    TooMany {
        /// How many are left out.
        left_out: usize,
    },
}

/// Why a list is not taken. No text of it contains a URL's query.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ListFault {
    /// It cannot be fetched.
    Fetch(FetchError),
    /// What was fetched is no list, HTML for example.
    NoList(NoList),
    /// No authority of the domains that name it signed it.
    Signer(SignerError),
    /// It is older than the last one, or another.
    NoSuccessor(NoSuccessor),
    /// A fault of this program.
    Panicked,
}

impl ListFault {
    /// Whether it is the same trouble, however it is worded this time.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Fetch(one), Self::Fetch(two)) => one.is_like(two),
            _ => self == other,
        }
    }
}

impl fmt::Display for ListFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch(error) => write!(f, "expected a revocation list, found {error}"),
            Self::NoList(error) => error.fmt(f),
            Self::Signer(error) => error.fmt(f),
            Self::NoSuccessor(error) => error.fmt(f),
            Self::Panicked => f.write_str(
                "expected to read a revocation list, found a fault of this program; report it",
            ),
        }
    }
}

impl std::error::Error for ListFault {}
