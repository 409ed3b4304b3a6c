//! The lists that are wanted, over time.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::pending;

use reqwest::Client;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep_until};

use super::attempt::{Attempt, Fetched, limit};
use super::event::{ListEvent, ListFault};
use super::options::ListOptions;
use super::place::{Held, Place};
use crate::fetched_lists::{FetchedList, FetchedLists};
use crate::list_url::ListUrl;
use crate::remote::Unusable;
use crate::remote::client::{builder, trusting};
use crate::wanted_lists::WantedLists;

/// The most URLs that are fetched. A bank with 100 partners names two for each.
const MAX_URLS: usize = 256;

/// The most bytes of all lists together: four of the largest.
const MAX_HELD_BYTES: usize = 512 * 1024 * 1024;

/// Fetches the revocation lists that documents name, keeps the last of each, and asks for it again before it is stale.
///
/// One download at a time, each within bounds of size and time. A server that hangs, lies or fails leaves its last list in
/// use. Nothing waits for it but whoever awaits [`next`](Self::next).
pub struct ListFetcher {
    options: ListOptions,
    client: Client,
    places: BTreeMap<ListUrl, Place>,
    /// The attempt that is under way: one at most. It goes on while nobody awaits it.
    attempts: JoinSet<Done>,
    attempted: Option<ListUrl>,
    events: VecDeque<ListEvent>,
    copies_fail: bool,
}

/// What an attempt comes to.
enum Done {
    Copy(Option<Held>),
    Fetched(Result<Fetched, ListFault>),
}

impl ListFetcher {
    /// With these options, and without any list.
    ///
    /// # Errors
    ///
    /// [`Unusable`]: the authorities, or the TLS library.
    pub fn new(options: ListOptions) -> Result<Self, Unusable> {
        // Requests are minutes apart: a connection that is kept would be closed by then.
        let client = builder(&options.timeouts).pool_max_idle_per_host(0);
        Ok(Self {
            client: trusting(client, &options.trust)?,
            options,
            places: BTreeMap::new(),
            attempts: JoinSet::new(),
            attempted: None,
            events: VecDeque::new(),
            copies_fail: false,
        })
    }

    /// Fetches these lists from now on and no others. The lists of URLs that stay are kept.
    pub fn want(&mut self, wanted: WantedLists) {
        let has_cache = self.options.cache.is_some();
        let wanted = wanted.into_iter();
        let left_out = wanted.len().saturating_sub(MAX_URLS);
        let mut before = std::mem::take(&mut self.places);
        let mut stays = false;
        for (url, domains) in wanted.take(MAX_URLS) {
            let is_attempted = self.attempted.as_ref() == Some(&url);
            let place = match before.remove(&url) {
                Some(mut place) => {
                    stays |= !place.renew(domains) && is_attempted;
                    place
                }
                None => Place::new(domains, has_cache),
            };
            self.places.insert(url, place);
        }
        if !stays {
            // What it comes to, possibly by now, is about a URL that is wanted no more or is judged by others.
            self.attempted = None;
            self.attempts.abort_all();
        }
        if left_out > 0 {
            self.events.push_back(ListEvent::TooMany { left_out });
        }
    }

    /// The lists that were fetched.
    pub fn lists(&self) -> FetchedLists {
        let places = self.places.iter();
        let lists = places.filter_map(|(url, place)| {
            let Held {
                list, confirmed, ..
            } = place.held.clone()?;
            Some((url.clone(), FetchedList { list, confirmed }))
        });
        lists.collect()
    }

    /// Loads the copies of the lists that are wanted, for the start: without it they are loaded by [`next`](Self::next). It reads
    /// files, and waits for each within the bounds of [`app_settings::read_file`].
    pub fn load_copies(&mut self) {
        let waiting = self.places.iter().filter(|(_, place)| place.awaits_copy);
        let urls: Vec<ListUrl> = waiting.map(|(url, _)| url.clone()).collect();
        for url in urls {
            let copy = self.attempt(&url).and_then(|attempt| attempt.load_copy());
            if let Some(place) = self.places.get_mut(&url) {
                place.awaits_copy = false;
                place.held = copy;
            }
        }
    }

    /// Asks for every list at once rather than when it is due.
    pub fn fetch_now(&mut self) {
        let now = Instant::now();
        self.places.values_mut().for_each(|place| place.due = now);
    }

    /// Waits for the next event; for ever where no list is wanted. It can be dropped at any time: an attempt that is under way
    /// goes on.
    pub async fn next(&mut self) -> ListEvent {
        loop {
            if let Some(event) = self.events.pop_front() {
                return event;
            }
            if self.attempts.is_empty() {
                let Some((due, url)) = self.first_due() else {
                    return pending().await;
                };
                sleep_until(due).await;
                self.begin(url);
            }
            let Some(done) = self.attempts.join_next().await else {
                continue;
            };
            // None is attempted any more where the attempt was ended.
            if let Some(url) = self.attempted.take() {
                self.record(url, done.unwrap_or(Done::Fetched(Err(ListFault::Panicked))));
            }
        }
    }

    /// Copies first: they are there at once, and a server that hangs does not keep them.
    fn first_due(&self) -> Option<(Instant, ListUrl)> {
        let due = |place: &Place| match place.awaits_copy {
            true => (false, Instant::now()),
            false => (true, place.due),
        };
        let first = self.places.iter().min_by_key(|(_, place)| due(place));
        first.map(|(url, place)| (due(place).1, url.clone()))
    }

    fn begin(&mut self, url: ListUrl) {
        let awaits_copy = self.places.get(&url).is_some_and(|place| place.awaits_copy);
        let Some(attempt) = self.attempt(&url) else {
            return;
        };
        self.attempted = Some(url);
        self.attempts.spawn(async move {
            match awaits_copy {
                true => Done::Copy(
                    spawn_blocking(move || attempt.load_copy())
                        .await
                        .unwrap_or(None),
                ),
                false => Done::Fetched(attempt.fetch().await),
            }
        });
    }

    fn attempt(&self, url: &ListUrl) -> Option<Attempt> {
        let place = self.places.get(url)?;
        let others = self.places.iter().filter(|(other, _)| *other != url);
        let held = others.filter_map(|(_, place)| place.held.as_ref());
        let bytes = held.map(|held| held.list.encoding().len()).sum();
        Some(Attempt {
            client: self.client.clone(),
            url: url.clone(),
            domains: place.domains.clone(),
            held: place.held.clone(),
            limit: limit(bytes, MAX_HELD_BYTES),
            cache: self.options.cache.clone(),
            clock: self.options.clock.clone(),
        })
    }

    fn record(&mut self, url: ListUrl, done: Done) {
        let Some(place) = self.places.get_mut(&url) else {
            return;
        };
        match done {
            Done::Copy(copy) => {
                place.awaits_copy = false;
                if copy.is_some() {
                    place.held = copy;
                    self.events.push_back(ListEvent::Changed { url });
                }
            }
            Done::Fetched(Ok(fetched)) => {
                let had_failed = place.succeed(fetched.held);
                let recovered = had_failed.then(|| ListEvent::Recovered { url: url.clone() });
                self.events.extend(recovered);
                self.events
                    .extend(fetched.is_new.then_some(ListEvent::Changed { url }));
                let failed = fetched.copied.err();
                let is_known = std::mem::replace(&mut self.copies_fail, failed.is_some());
                let failed = failed.filter(|_| !is_known).map(ListEvent::CopyFailed);
                self.events.extend(failed);
            }
            Done::Fetched(Err(error)) => {
                if place.fail(&error) {
                    self.events.push_back(ListEvent::Failed { url, error });
                }
            }
        }
    }
}

impl fmt::Debug for ListFetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListFetcher")
            .field("places", &self.places)
            .finish_non_exhaustive()
    }
}
