//! A remote document over time.

use std::collections::{BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};

use tokio::time::{Instant, sleep_until};

use super::cache::{Cache, CacheError};
use super::fetch_error::FetchError;
use super::gather::{Known, gather};
use super::options::{RemoteOptions, TooOld, Unusable};
use super::schedule::{age, pause, random};
use super::snapshot::Snapshot;
use super::store::Store;
use crate::relative_name::RelativeName;

/// How many attempts ask for everything anew, without entity tags: one in half an hour, so that a store or a proxy that keeps a
/// tag for other bytes is found out.
const UNCONDITIONAL_EVERY: u32 = 60;

/// A remote document over time: fetched at an interval, kept as the last good copy, and too old at some time.
///
/// Each snapshot that [`next`](Self::next) gives is loaded by the engine, and returned to [`accept`](Self::accept) if that
/// succeeds. A policy is confirmed whenever the store shows what was accepted last; its age is the time since then. A store that
/// serves something else confirms nothing.
pub struct RemotePolicy {
    options: RemoteOptions,
    store: Store,
    cache: Option<Cache>,
    /// What was fetched last, accepted or not.
    fetched: Option<Snapshot>,
    /// The digest of what was accepted last, and when the store last confirmed it.
    accepted: Option<([u8; 32], SystemTime)>,
    /// The files of revocation lists of what was accepted last: they are fetched whatever becomes of the document.
    lists_in_force: BTreeSet<RelativeName>,
    failure: Option<FetchError>,
    failures: u32,
    attempts: u32,
    is_too_old: bool,
    due: Instant,
    events: VecDeque<RemoteEvent>,
}

/// What became of a remote document.
#[derive(Debug)]
#[non_exhaustive]
pub enum RemoteEvent {
    /// The store has another document, or another file: load it.
    Changed(Snapshot),
    /// It cannot be fetched; given once until something else is the matter. What is in use stays in use.
    Failed(FetchError),
    /// It can be fetched again, and what was accepted last is confirmed: it is no longer too old.
    Recovered,
    /// The policy in use is older than its maximum age; given once. What then applies.
    TooOld(TooOld),
    /// The store confirms the policy, and the copy's time cannot be written.
    CopyFailed(CacheError),
}

impl RemotePolicy {
    /// The document of these options. The store is not asked yet.
    ///
    /// # Errors
    ///
    /// [`Unusable`]: the authorities, or the TLS library.
    pub fn new(options: RemoteOptions) -> Result<Self, Unusable> {
        let cache = options.cache.as_deref();
        Ok(Self {
            store: Store::new(&options)?,
            cache: cache.map(|folder| Cache::new(folder, &options.url)),
            options,
            fetched: None,
            accepted: None,
            lists_in_force: BTreeSet::new(),
            failure: None,
            failures: 0,
            attempts: 0,
            is_too_old: false,
            due: Instant::now(),
            events: VecDeque::new(),
        })
    }

    /// The last good copy, for the start; `None` if there is no usable one, or it is too old and a policy that is too old is
    /// denied. It reads files, and waits for each within the bounds of [`app_settings::read_file`].
    pub fn last_good(&mut self) -> Option<Snapshot> {
        let (snapshot, confirmed) = self.cache.as_ref()?.load()?;
        let is_usable = self.options.too_old == TooOld::Continue || !self.exceeds(confirmed);
        is_usable.then(|| {
            self.accepted = Some((snapshot.digest(), confirmed));
            self.lists_in_force.clone_from(&snapshot.lists);
            self.fetched = Some(snapshot.clone());
            snapshot
        })
    }

    /// The policy of this snapshot is in use: it is kept as the last good copy.
    ///
    /// # Errors
    ///
    /// The copy cannot be written. The policy counts as accepted all the same.
    pub async fn accept(&mut self, snapshot: &Snapshot) -> Result<(), CacheError> {
        let now = (self.options.clock)();
        self.accepted = Some((snapshot.digest(), now));
        self.lists_in_force.clone_from(&snapshot.lists);
        self.is_too_old = false;
        // One that waits to be given is about the policy before.
        self.events
            .retain(|event| !matches!(event, RemoteEvent::TooOld(_)));
        let Some(cache) = self.cache.clone() else {
            return Ok(());
        };
        let snapshot = snapshot.clone();
        off_the_request_path(move || cache.store(&snapshot, now)).await
    }

    /// Makes the next attempt at once rather than when the interval ends.
    pub fn fetch_now(&mut self) {
        self.due = Instant::now();
    }

    /// Waits for the next event. It can be dropped at any time: an attempt that is under way is made again.
    pub async fn next(&mut self) -> RemoteEvent {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            let until_old = self.until_too_old();
            let old_at = until_old.map(|left| Instant::now() + left);
            sleep_until(old_at.map_or(self.due, |old_at| self.due.min(old_at))).await;
            if Instant::now() >= self.due {
                let outcome = self.attempt().await;
                self.record(outcome).await;
            }
            self.look_at_age();
        }
    }

    async fn attempt(&mut self) -> Result<Snapshot, FetchError> {
        self.store.authenticate().await?;
        let anew = self.attempts % UNCONDITIONAL_EVERY == UNCONDITIONAL_EVERY - 1;
        let known = Known {
            last: self.fetched.as_ref(),
            is_conditional: !anew,
            lists_in_force: &self.lists_in_force,
        };
        gather(&self.store, &self.options.url, known).await
    }

    async fn record(&mut self, outcome: Result<Snapshot, FetchError>) {
        self.attempts = self.attempts.wrapping_add(1);
        let confirmed = match outcome {
            Ok(snapshot) => {
                self.failures = 0;
                self.fetched_one(snapshot)
            }
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                self.failed(error);
                None
            }
        };
        self.due = Instant::now() + pause(self.options.interval, self.failures, random());
        // Last: whoever drops the wait loses no event.
        if let Some((digest, now)) = confirmed {
            self.keep_time(digest, now).await;
        }
    }

    /// Takes note of what the store shows. What was accepted last is confirmed by it: its digest, and when.
    fn fetched_one(&mut self, snapshot: Snapshot) -> Option<([u8; 32], SystemTime)> {
        let digest = snapshot.digest();
        let is_new = self
            .fetched
            .as_ref()
            .is_none_or(|last| last.digest() != digest);
        let had_failed = self.failure.take().is_some();
        self.fetched = Some(snapshot.clone());
        let is_accepted = self
            .accepted
            .is_some_and(|(accepted, _)| accepted == digest);
        let confirmed = is_accepted.then(|| (digest, (self.options.clock)()));
        if is_new {
            self.events.push_back(RemoteEvent::Changed(snapshot));
        } else if is_accepted && (had_failed || self.is_too_old) {
            self.events.push_back(RemoteEvent::Recovered);
        }
        if confirmed.is_some() {
            self.accepted = confirmed;
            self.is_too_old = false;
        }
        confirmed
    }

    /// Writes into the copy when it was confirmed.
    async fn keep_time(&mut self, digest: [u8; 32], now: SystemTime) {
        if let Some(cache) = self.cache.clone() {
            let written = off_the_request_path(move || cache.confirm(digest, now)).await;
            let failed = written.err().map(RemoteEvent::CopyFailed);
            self.events.extend(failed);
        }
    }

    fn failed(&mut self, error: FetchError) {
        if matches!(error, FetchError::Status(401 | 403, _)) {
            self.store.forget_token();
        }
        let is_known = self
            .failure
            .as_ref()
            .is_some_and(|last| last.is_like(&error));
        if !is_known {
            self.events.push_back(RemoteEvent::Failed(error.clone()));
        }
        self.failure = Some(error);
    }

    fn look_at_age(&mut self) {
        let exceeds = self
            .accepted
            .is_some_and(|(_, confirmed)| self.exceeds(confirmed));
        if exceeds && !self.is_too_old {
            self.is_too_old = true;
            self.events
                .push_back(RemoteEvent::TooOld(self.options.too_old));
        }
    }

    fn exceeds(&self, confirmed: SystemTime) -> bool {
        let age = age(confirmed, (self.options.clock)());
        age.is_none_or(|age| age > self.options.max_age.get())
    }

    /// How long until the policy in use is too old; `None` if it is, or there is none. One second more than the difference, since
    /// exactly the maximum age is not too old.
    fn until_too_old(&self) -> Option<Duration> {
        let (_, confirmed) = self.accepted.filter(|_| !self.is_too_old)?;
        let age = age(confirmed, (self.options.clock)()).unwrap_or_default();
        let left = self.options.max_age.get().saturating_sub(age);
        Some(left + Duration::from_secs(1))
    }
}

async fn off_the_request_path(
    write: impl FnOnce() -> Result<(), CacheError> + Send + 'static,
) -> Result<(), CacheError> {
    let written = tokio::task::spawn_blocking(write).await;
    // It fails where the runtime ends; then nothing is kept, and nothing needs to be.
    written.unwrap_or(Ok(()))
}
