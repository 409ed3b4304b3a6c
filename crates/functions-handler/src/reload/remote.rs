//! A policy document at a URL.

use std::pin::pin;

use app_settings::Problem;
use policy_source::{CacheError, FetchError, RemoteEvent, Snapshot, TooOld};
use tokio::sync::watch;
use tokio::task;

use crate::config::{RemoteSource, Taken};
use crate::signals::Hangups;

use super::in_use::InUse;

/// Fetches the document for as long as the handler runs.
///
/// What cannot be fetched or does not load changes nothing, until the policy in force is too old. Calls wait for the first
/// policy until `first` is dropped: after the first event, whatever it is.
pub(super) async fn watch(
    mut source: RemoteSource,
    accepted: Option<Taken>,
    in_use: InUse,
    mut first: Option<watch::Sender<()>>,
    mut hangups: Hangups,
) {
    let mut document = RemoteDocument { accepted, in_use };
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
    /// In force unless it is too old; `None` before the first one.
    accepted: Option<Taken>,
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
                    self.in_use.list_event(event, self.accepted.as_ref()).await;
                }
            }
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
                if !self.in_use.take(&taken).await {
                    return;
                }
                self.accepted = Some(taken);
                if let Err(error) = source.accept(&snapshot).await {
                    self.not_kept(&error);
                }
            }
            Err(problems) => {
                self.in_use
                    .note("policy-refused", "error", Problem::lines(&problems));
                self.lists(source, &snapshot).await;
            }
        }
    }

    /// The lists of a document that does not load: they take effect with the one that did.
    async fn lists(&mut self, source: &RemoteSource, snapshot: &Snapshot) {
        let Some(accepted) = &self.accepted else {
            return;
        };
        let (loader, taken, fetched) =
            (source.loader().clone(), accepted.clone(), snapshot.clone());
        let loaded = task::spawn_blocking(move || loader.load_lists(&taken, &fetched)).await;
        if let Ok(taken) = loaded {
            self.in_use.take_lists(&taken).await;
            self.accepted = Some(taken);
        }
    }

    fn not_kept(&self, error: &CacheError) {
        self.in_use
            .note("policy-not-kept", "warning", vec![error.to_string()]);
    }

    fn failed(&self, source: &RemoteSource, error: &FetchError) {
        let level = match self.accepted {
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
        let Some(accepted) = &self.accepted else {
            return;
        };
        if !self.in_use.guard.policy().is_available() {
            self.in_use.restore(accepted).await;
        }
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
            let unavailable = source.loader().unavailable();
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
mod tests {
    use std::fs;
    use std::io;

    use app_settings::Environment;

    use super::*;
    use crate::config::{PolicySource, Settings, StartedDocument};
    use crate::guard::Guard;
    use crate::log::Log;

    fn settings(folder: &std::path::Path, policy: &str) -> Settings {
        let environment = Environment::from_iter([
            ("CLIENT_CERT_FRONT_END", "development"),
            ("CLIENT_CERT_POLICY", policy),
        ]);
        Settings::load(&environment, folder).unwrap()
    }

    /// A document that was accepted, and where the next would come from. Nothing is fetched.
    fn accepted() -> (RemoteDocument, Box<RemoteSource>) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(
            folder.path().join("policy.json"),
            r#"{ "version": 1, "callers": [] }"#,
        )
        .unwrap();
        let mut of_file = settings(folder.path(), "policy.json");
        let StartedDocument { lists, taken, .. } = of_file.document.take().unwrap();
        let log = Log::start(io::sink()).unwrap();
        let in_use = InUse {
            guard: Guard::awaiting(of_file, None, log.clone()),
            log,
            lists,
        };
        let url = "https://127.0.0.1:9/policy.json";
        let document = settings(folder.path(), url).document.take().unwrap();
        let PolicySource::Remote(source) = document.source else {
            panic!("a URL is a remote source")
        };
        let document = RemoteDocument {
            in_use,
            accepted: taken,
        };
        (document, source)
    }

    /// A policy that is too old is out of force where that is so configured, its lists do not bring it back, and the store that
    /// confirms it does.
    #[tokio::test]
    async fn a_policy_that_is_too_old_is_in_force_again_once_it_is_confirmed() {
        let (mut document, mut source) = accepted();
        let version = document.in_use.guard.policy().version();
        assert!(version.is_some());
        let steps = [
            (RemoteEvent::Failed(FetchError::TimedOut), true),
            (RemoteEvent::TooOld(TooOld::Continue), true),
            (RemoteEvent::TooOld(TooOld::Deny), false),
            (RemoteEvent::Failed(FetchError::TimedOut), false),
            (RemoteEvent::Recovered, true),
        ];
        for (event, expected) in steps {
            let step = format!("{event:?}");
            document.take(&mut source, event).await;
            let policy = document.in_use.guard.policy();
            assert_eq!(policy.is_available(), expected, "{step}");
            let taken = document.accepted.clone().unwrap();
            document.in_use.take_lists(&taken).await;
            let policy = document.in_use.guard.policy();
            assert_eq!(policy.is_available(), expected, "lists after {step}");
        }
        assert_eq!(document.in_use.guard.policy().version(), version);
    }
}
