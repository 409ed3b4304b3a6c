//! A policy document at a URL.

use std::pin::pin;

use app_settings::Problem;
use client_cert::Unavailable;
use policy_source::{CacheError, FetchError, RemoteEvent, Snapshot, TooOld};
use tokio::sync::watch;
use tokio::task;

use crate::config::RemoteSource;
use crate::signals::Hangups;

use super::in_use::InUse;

/// Fetches the document for as long as the handler runs.
///
/// What cannot be fetched or does not load changes nothing, until the policy in force is too old. Calls wait for the first
/// policy until `first` is dropped: after the first event, whatever it is.
pub(super) async fn watch(
    mut source: RemoteSource,
    in_use: InUse,
    mut first: Option<watch::Sender<()>>,
    mut hangups: Hangups,
) {
    let mut document = RemoteDocument { in_use };
    document.report_copy(&source);
    loop {
        match document.next(&mut source, &mut hangups).await {
            Some(event) => {
                document.take(&mut source, event).await;
                drop(first.take());
            }
            None => {
                source.fetch_now();
                document.in_use.lists.fetch_now();
            }
        }
    }
}

/// The document as it was last accepted.
struct RemoteDocument {
    in_use: InUse,
}

impl RemoteDocument {
    /// The next event of the document; `None` where SIGHUP asks for everything at once. What becomes of lists meanwhile
    /// interrupts no attempt to fetch the document.
    async fn next(
        &mut self,
        source: &mut RemoteSource,
        hangups: &mut Hangups,
    ) -> Option<RemoteEvent> {
        let mut next = pin!(source.next());
        loop {
            tokio::select! {
                () = hangups.next() => return None,
                event = &mut next => return Some(event),
                event = self.in_use.lists.next() => {
                    self.in_use.list_event(event).await;
                }
            }
        }
    }

    /// The last good copy that does not load leaves the same line as any other document.
    fn report_copy(&self, source: &RemoteSource) {
        let problems = source.copy_problems();
        if !problems.is_empty() {
            self.in_use
                .note("policy-refused", "error", Problem::lines(problems));
        }
    }

    async fn take(&mut self, source: &mut RemoteSource, event: RemoteEvent) {
        match event {
            RemoteEvent::Changed(snapshot) => self.changed(source, snapshot).await,
            RemoteEvent::Failed(error) => self.failed(source, &error),
            RemoteEvent::Recovered => self.recovered().await,
            RemoteEvent::TooOld(rule) => self.too_old(source, rule),
            RemoteEvent::CopyFailed(error) => self.not_kept(&error),
            // A kind of event that is added later is taken here.
            _ => {}
        }
    }

    async fn changed(&mut self, source: &mut RemoteSource, snapshot: Snapshot) {
        let (loader, fetched) = (source.loader().clone(), snapshot.clone());
        let loaded = task::spawn_blocking(move || loader.load(&fetched)).await;
        match loaded.unwrap_or_else(|_| Err(vec![panicked(source)])) {
            Ok(taken) => {
                if self.in_use.take(taken).await
                    && let Err(error) = source.accept(&snapshot).await
                {
                    self.not_kept(&error);
                }
            }
            Err(problems) => {
                self.in_use
                    .note("policy-refused", "error", Problem::lines(&problems));
                if self.in_use.taken().is_none() {
                    let unavailable = source.loader().unavailable(Unavailable::NotLoaded);
                    self.in_use.guard.replace(unavailable.into());
                }
                self.lists(source, &snapshot).await;
            }
        }
    }

    /// The lists of a document that does not load: they take effect with the one that did.
    async fn lists(&mut self, source: &RemoteSource, snapshot: &Snapshot) {
        let Some(taken) = self.in_use.taken().cloned() else {
            return;
        };
        let (loader, fetched) = (source.loader().clone(), snapshot.clone());
        let loaded = task::spawn_blocking(move || loader.load_lists(&taken, &fetched)).await;
        if let Ok(taken) = loaded {
            self.in_use.take_lists(taken).await;
        }
    }

    fn not_kept(&self, error: &CacheError) {
        self.in_use
            .note("policy-not-kept", "warning", vec![error.to_string()]);
    }

    fn failed(&self, source: &RemoteSource, error: &FetchError) {
        let level = match self.in_use.taken() {
            Some(_) => "warning",
            None => "error",
        };
        let problem = Problem::new(
            source.loader().name(),
            format!("expected to fetch the policy document, found {error}; it is tried again"),
        );
        self.in_use
            .note("policy-not-fetched", level, vec![problem.to_string()]);
    }

    /// What was accepted is confirmed, and in force again if it was too old.
    async fn recovered(&self) {
        if self.in_use.taken().is_none() {
            return;
        }
        self.in_use.restore().await;
        self.in_use.note("policy-fetched", "info", Vec::new());
    }

    fn too_old(&self, source: &RemoteSource, rule: TooOld) {
        let effect = match rule {
            TooOld::Continue => "it stays in force",
            TooOld::Deny => "every secured call is refused until it is",
        };
        let problem = Problem::new(
            source.loader().name(),
            format!(
                "expected the policy to be confirmed within its maximum age, found that it is not: {effect}"
            ),
        );
        self.in_use
            .note("policy-too-old", "error", vec![problem.to_string()]);
        if rule == TooOld::Deny {
            let unavailable = source.loader().unavailable(Unavailable::TooOld);
            self.in_use.guard.replace(unavailable.into());
        }
    }
}

fn panicked(source: &RemoteSource) -> Problem {
    Problem::new(
        source.loader().name(),
        "expected to load the policy document, found a fault of this program: it changes nothing; report the fault",
    )
}

#[cfg(test)]
mod tests;
