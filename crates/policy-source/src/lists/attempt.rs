//! One attempt to fetch a list: download, then judge it against the one that is held.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use client_cert::{Crl, CrlSet, MAX_CRL_BYTES, TrustDomain};
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use reqwest::{Client, StatusCode, Url};
use rustls_pki_types::UnixTime;
use tokio::task::spawn_blocking;

use super::copy;
use super::event::ListFault;
use super::place::{Held, Validators};
use crate::list_encoding::parse;
use crate::list_url::ListUrl;
use crate::remote::client::{read, send, validator};
use crate::remote::{CacheError, FetchError};

/// What it takes to fetch one list.
pub(super) struct Attempt {
    pub(super) client: Client,
    pub(super) url: ListUrl,
    pub(super) domains: Vec<Arc<TrustDomain>>,
    pub(super) held: Option<Held>,
    /// The most bytes that are read.
    pub(super) limit: usize,
    pub(super) cache: Option<PathBuf>,
    pub(super) clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

/// A list that its server showed.
pub(super) struct Fetched {
    pub(super) held: Held,
    /// Whether it is another than before.
    pub(super) is_new: bool,
    pub(super) copied: Result<(), CacheError>,
}

enum Answer {
    NotModified(Held),
    Content(Bytes, Validators),
}

impl Attempt {
    pub(super) async fn fetch(self) -> Result<Fetched, ListFault> {
        match self.get().await.map_err(ListFault::Fetch)? {
            Answer::NotModified(held) => Ok(Fetched {
                held: Held {
                    confirmed: (self.clock)(),
                    ..held
                },
                is_new: false,
                copied: Ok(()),
            }),
            Answer::Content(bytes, validators) => {
                // A million entries are parsed, and their signature verified, off the threads that answer requests.
                let judged = spawn_blocking(move || self.judge(&bytes, validators)).await;
                judged.unwrap_or(Err(ListFault::Panicked))
            }
        }
    }

    /// The copy of before, if there is room for it and somebody in the domains signed it.
    pub(super) fn load_copy(&self) -> Option<Held> {
        let held = copy::load(self.cache.as_deref()?, &self.url, self.limit)?;
        self.vouch(&held.list).ok()?;
        Some(held)
    }

    async fn get(&self) -> Result<Answer, FetchError> {
        let url = Url::parse(self.url.exposed())
            .map_err(|error| FetchError::Unreachable(error.to_string()))?;
        let mut request = self.client.get(url);
        let held = self.conditional();
        if let Some(Held { validators, .. }) = held {
            let etag = validators.etag.iter().map(|etag| (IF_NONE_MATCH, etag));
            let date = validators.last_modified.iter();
            for (name, value) in etag.chain(date.map(|date| (IF_MODIFIED_SINCE, date))) {
                request = request.header(name, value);
            }
        }
        let response = send(request).await?;
        match (response.status(), held) {
            (StatusCode::NOT_MODIFIED, Some(held)) => Ok(Answer::NotModified(held.clone())),
            (StatusCode::NOT_MODIFIED, None) => Err(FetchError::NotModified),
            (StatusCode::OK, _) => {
                let validators = Validators {
                    etag: validator(response.headers(), ETAG),
                    last_modified: validator(response.headers(), LAST_MODIFIED),
                };
                let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
                Ok(Answer::Content(read(response, limit).await?, validators))
            }
            (status, _) if status.is_redirection() => Err(FetchError::Redirect(status.as_u16())),
            (status, _) => Err(FetchError::Status(status.as_u16(), None)),
        }
    }

    /// What is held, where the server is asked for another one only. A list that is stale is asked for as a whole: a server or a
    /// proxy that keeps a validator for other bytes is found out.
    fn conditional(&self) -> Option<&Held> {
        let now = unix_time((self.clock)()).as_secs();
        let held = self.held.as_ref()?;
        let is_fresh = u64::try_from(held.list.next_update()).is_ok_and(|end| now <= end);
        (is_fresh && !held.validators.is_empty()).then_some(held)
    }

    fn judge(&self, bytes: &[u8], validators: Validators) -> Result<Fetched, ListFault> {
        let list = Arc::new(parse(bytes).map_err(ListFault::NoList)?);
        let confirmed = (self.clock)();
        let held = self.held.as_ref().map(|held| &held.list);
        let is_new = held.is_none_or(|held| held.encoding() != list.encoding());
        self.vouch(&list)?;
        if is_new {
            // A document that was changed may trust others than those who signed the list that is held: it keeps nothing out.
            if let Some(held) = held.filter(|held| self.vouch(held).is_ok()) {
                let verdict = list.succeeds(held, unix_time(confirmed));
                verdict.map_err(ListFault::NoSuccessor)?;
            }
        }
        let list = match (is_new, held) {
            (false, Some(held)) => Arc::clone(held),
            _ => list,
        };
        let held = Held {
            list,
            validators,
            confirmed,
        };
        let copied = match (&self.cache, is_new) {
            (Some(folder), true) => copy::store(folder, &self.url, &held).map_err(CacheError),
            _ => Ok(()),
        };
        Ok(Fetched {
            held,
            is_new,
            copied,
        })
    }

    /// Whether somebody in one of the domains signed a list.
    fn vouch(&self, list: &Arc<Crl>) -> Result<(), ListFault> {
        let mut fault = None;
        for domain in &self.domains {
            let (_, unusable) = CrlSet::new(domain, [Arc::clone(list)]);
            match unusable.into_iter().next() {
                None => return Ok(()),
                Some(unusable) => fault = fault.or(Some(ListFault::Signer(unusable.error))),
            }
        }
        // A list is wanted by one domain at least.
        fault.map_or(Ok(()), Err)
    }
}

/// The most bytes that are read, where others have so many already.
pub(super) fn limit(others: usize, most: usize) -> usize {
    most.saturating_sub(others).min(MAX_CRL_BYTES)
}

fn unix_time(now: SystemTime) -> UnixTime {
    let since = now.duration_since(UNIX_EPOCH);
    UnixTime::since_unix_epoch(since.unwrap_or(Duration::ZERO))
}
