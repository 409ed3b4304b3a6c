//! What is known of one URL.

use std::sync::Arc;
use std::time::SystemTime;

use client_cert::{Crl, TrustDomain};
use tokio::time::Instant;

use super::event::ListFault;
use super::schedule::{self, RETRY_INTERVAL};
use crate::remote::schedule::{pause, random, spread};

/// A list, and by what its server recognizes it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) list: Arc<Crl>,
    pub(super) validators: Validators,
    /// When its server last showed it.
    pub(super) confirmed: SystemTime,
}

/// What makes a request conditional (RFC 9110, section 8.8).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Validators {
    pub(super) etag: Option<String>,
    pub(super) last_modified: Option<String>,
}

impl Validators {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One URL: who may sign its list, the list, and when it is asked for again.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) domains: Vec<Arc<TrustDomain>>,
    pub(super) held: Option<Held>,
    /// Whether there may be a copy that has not been looked for.
    pub(super) awaits_copy: bool,
    failure: Option<ListFault>,
    failures: u32,
    pub(super) due: Instant,
}

impl Place {
    pub(super) fn new(domains: Vec<Arc<TrustDomain>>, awaits_copy: bool) -> Self {
        Self {
            domains,
            held: None,
            awaits_copy,
            failure: None,
            failures: 0,
            due: Instant::now(),
        }
    }

    /// The document was loaded again. Where its domains trust others, a list that was not taken may be taken now, and the one that
    /// is held may say nothing any more: the server is asked at once, and for the whole list. Whether that is so.
    pub(super) fn renew(&mut self, domains: Vec<Arc<TrustDomain>>) -> bool {
        let before = std::mem::replace(&mut self.domains, domains);
        let is_same = before.len() == self.domains.len()
            && before
                .iter()
                .zip(&self.domains)
                .all(|(before, now)| before.has_authorities_of(now));
        if is_same {
            return false;
        }
        self.due = Instant::now();
        if let Some(held) = &mut self.held {
            held.validators = Validators::default();
        }
        true
    }

    /// Takes what was fetched. Whether the attempt before failed.
    pub(super) fn succeed(&mut self, held: Held) -> bool {
        let is_conditional = !held.validators.is_empty();
        let pause = schedule::pause(held.list.next_update(), is_conditional, held.confirmed);
        self.due = Instant::now() + spread(pause, random());
        self.held = Some(held);
        self.failures = 0;
        self.failure.take().is_some()
    }

    /// Whether it is other trouble than before.
    pub(super) fn fail(&mut self, fault: &ListFault) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.due = Instant::now() + pause(RETRY_INTERVAL, self.failures, random());
        let last = self.failure.replace(fault.clone());
        last.is_none_or(|last| !last.is_like(fault))
    }
}
