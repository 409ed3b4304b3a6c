//! A policy document at a URL.

use std::fmt;
use std::path::PathBuf;

use app_settings::{Environment, Problem};
use client_cert::{Fitness, FrontEnd, Policy, Unavailable};
use policy_source::{
    CacheError, ManagedIdentity, MaxAge, RemoteEvent, RemoteOptions, RemotePolicy, RemoteUrl,
    Snapshot, TooOld, Unloadable, Unusable,
};

use super::taken::Taken;
use crate::config::known::POLICY;
use crate::log::system_time;

/// The document at a URL over time, and how its policy is made.
pub(crate) struct RemoteSource {
    remote: RemotePolicy,
    loader: SnapshotLoader,
    /// What is wrong with the last good copy, if it does not load.
    copy_problems: Vec<Problem>,
}

/// How a policy is made of what was fetched.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotLoader {
    /// How messages name the document: the URL without its query.
    name: String,
    front_end: FrontEnd,
    fitness: Fitness,
}

impl RemoteSource {
    /// The document that the settings name. Nothing is fetched yet. `None` if something is wrong, which `problems` then says.
    pub(super) fn new(
        environment: &Environment,
        kept: (Option<PathBuf>, (MaxAge, TooOld)),
        (front_end, fitness): (FrontEnd, Fitness),
        problems: &mut Vec<Problem>,
    ) -> Option<Self> {
        let options = options(environment, kept, problems)?;
        Self::of(options, (front_end, fitness))
            .map_err(|error| problems.push(Problem::new(POLICY, error.to_string())))
            .ok()
    }

    /// The document of these options. Nothing is fetched yet.
    ///
    /// # Errors
    ///
    /// The authorities, or the TLS library.
    pub(crate) fn of(
        options: RemoteOptions,
        (front_end, fitness): (FrontEnd, Fitness),
    ) -> Result<Self, Unusable> {
        let name = options.url.to_string();
        Ok(Self {
            remote: RemotePolicy::new(options)?,
            loader: SnapshotLoader {
                name,
                front_end,
                fitness,
            },
            copy_problems: Vec::new(),
        })
    }

    /// What the last good copy comes to, for the start; and what is to be known if there is none that can be used.
    pub(super) fn last_good(&mut self) -> (Option<Taken>, Vec<String>) {
        let Some(snapshot) = self.remote.last_good() else {
            return (None, Vec::new());
        };
        match self.loader.load(&snapshot) {
            Ok(taken) => (Some(taken), Vec::new()),
            Err(problems) => {
                let mut notes =
                    vec!["the last good copy of the policy document does not load".to_owned()];
                notes.extend(Problem::lines(&problems));
                self.copy_problems = problems;
                (None, notes)
            }
        }
    }

    /// What is wrong with the last good copy, if it does not load.
    pub(crate) fn copy_problems(&self) -> &[Problem] {
        &self.copy_problems
    }

    /// Why there is no policy, where the start has none.
    pub(crate) fn why_unavailable(&self) -> Unavailable {
        match self.copy_problems.is_empty() {
            true => Unavailable::NotFetched,
            false => Unavailable::NotLoaded,
        }
    }

    /// How a policy is made of what was fetched.
    pub(crate) fn loader(&self) -> &SnapshotLoader {
        &self.loader
    }

    /// Waits for the next event.
    pub(crate) async fn next(&mut self) -> RemoteEvent {
        self.remote.next().await
    }

    /// Fetches at once rather than when the interval ends.
    pub(crate) fn fetch_now(&mut self) {
        self.remote.fetch_now();
    }

    /// The policy of this snapshot is in force.
    ///
    /// # Errors
    ///
    /// The copy cannot be written.
    pub(crate) async fn accept(&mut self, snapshot: &Snapshot) -> Result<(), CacheError> {
        self.remote.accept(snapshot).await
    }
}

impl SnapshotLoader {
    /// How messages name the document.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The policies of a document with its files.
    ///
    /// # Errors
    ///
    /// Every problem at once.
    pub(crate) fn load(&self, snapshot: &Snapshot) -> Result<Taken, Vec<Problem>> {
        match snapshot.load(self.front_end, self.fitness) {
            Ok(loaded) => Ok(Taken::new(loaded, &self.name)),
            Err(Unloadable::Document(found)) => Err(vec![Problem::new(
                POLICY,
                format!(
                    "expected a policy document at {}, found {found}; put it there",
                    self.name
                ),
            )]),
            Err(Unloadable::Problems(problems)) => {
                let of_document = problems.iter().map(|problem| problem.within(&self.name));
                Err(of_document.collect())
            }
        }
    }

    /// A document with its files of revocation lists as they are in what was fetched.
    pub(crate) fn load_lists(&self, taken: &Taken, snapshot: &Snapshot) -> Taken {
        taken.with(snapshot.load_lists(&taken.document))
    }

    /// What is in force as long as there is no policy, or it is too old.
    pub(crate) fn unavailable(&self, why: Unavailable) -> Policy {
        Policy::unavailable(self.front_end, why)
    }
}

fn options(
    environment: &Environment,
    (cache, (max_age, too_old)): (Option<PathBuf>, (MaxAge, TooOld)),
    problems: &mut Vec<Problem>,
) -> Option<RemoteOptions> {
    let value = environment.setting(POLICY, problems)?;
    let url: RemoteUrl = value
        .parse()
        .map_err(|error| problems.push(Problem::new(POLICY, format!("{error}"))))
        .ok()?;
    let variable = |name: &str| environment.get(name).map(|value| value.expose());
    let Some(identity) = ManagedIdentity::from_variables(variable) else {
        problems.push(Problem::new(
            "IDENTITY_ENDPOINT",
            "expected the http or https URL that App Service sets, found something else; remove it",
        ));
        return None;
    };
    let mut options = RemoteOptions::new(url, identity, system_time);
    options.cache = cache;
    options.max_age = max_age;
    options.too_old = too_old;
    Some(options)
}

impl fmt::Debug for RemoteSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSource")
            .field("loader", &self.loader)
            .finish_non_exhaustive()
    }
}
