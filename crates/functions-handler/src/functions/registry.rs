//! The registry: which implementation runs under which name.

use std::fmt;
use std::sync::Arc;

use client_cert::Permit;

use super::implementation::Implementation;
use super::invocation::Invocation;
use super::outputs::Outputs;
use super::reply::Reply;
use super::trigger::{Trigger, TriggerFailed};

/// The implementations of an app's functions, one line a function.
///
/// A name is that of the function's folder. [`Registry::secured`] takes an implementation that takes a [`Permit`], which
/// only a decision that admits a caller can make; [`Registry::public`] takes one that needs none. Which callers reach a
/// function says its `function.json`, not the registry: a secured implementation in a public folder is a start-up error,
/// and a public implementation in a secured folder runs for admitted callers only.
///
/// Implementations answer a [`Reply`] or anything that converts into one, as `Result<Reply, Reply>`.
///
/// ```
/// use client_cert::Permit;
/// use functions_handler::functions::{Invocation, Registry, Reply};
///
/// async fn health(_: Invocation) -> Reply {
///     Reply::ok(&"alive")
/// }
///
/// async fn whoami(permit: Permit, _: Invocation) -> Reply {
///     Reply::ok(&permit.principal().subject())
/// }
///
/// let registry = Registry::new()
///     .public("Health", health)
///     .secured("WhoAmI", whoami);
/// assert_eq!(registry.names().collect::<Vec<_>>(), ["Health", "WhoAmI"]);
/// ```
///
/// State reaches functions as their first argument. [`Registry::with_state`] begins the part of the registry whose
/// functions take it:
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use functions_handler::functions::{Invocation, Registry, Reply};
///
/// async fn count(calls: Arc<AtomicU64>, _: Invocation) -> Reply {
///     Reply::ok(&calls.fetch_add(1, Ordering::Relaxed))
/// }
///
/// let registry = Registry::new()
///     .with_state(AtomicU64::new(0))
///     .public("Count", count);
/// ```
pub struct Registry<S = ()> {
    state: S,
    entries: Vec<(String, Implementation)>,
}

impl Registry {
    /// A registry without functions.
    pub fn new() -> Self {
        Self {
            state: (),
            entries: Vec::new(),
        }
    }

    /// With an implementation that needs no permit.
    #[must_use]
    pub fn public<F, A>(self, name: &str, run: F) -> Self
    where
        F: Fn(Invocation) -> A + Send + Sync + 'static,
        A: Future<Output: Into<Reply>> + Send + 'static,
    {
        self.with(name, Implementation::public(run))
    }

    /// With an implementation that needs a permit.
    #[must_use]
    pub fn secured<F, A>(self, name: &str, run: F) -> Self
    where
        F: Fn(Permit, Invocation) -> A + Send + Sync + 'static,
        A: Future<Output: Into<Reply>> + Send + 'static,
    {
        self.with(name, Implementation::secured(run))
    }

    /// With an implementation that a timer, a queue or another trigger without a caller starts.
    #[must_use]
    pub fn triggered<F, A>(self, name: &str, run: F) -> Self
    where
        F: Fn(Trigger) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Outputs, TriggerFailed>> + Send + 'static,
    {
        self.with(name, Implementation::triggered(run))
    }
}

impl<S: Send + Sync + 'static> Registry<Arc<S>> {
    /// With an implementation that needs no permit and takes the state.
    #[must_use]
    pub fn public<F, A>(self, name: &str, run: F) -> Self
    where
        F: Fn(Arc<S>, Invocation) -> A + Send + Sync + 'static,
        A: Future<Output: Into<Reply>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        let run = move |invocation| run(Arc::clone(&state), invocation);
        self.with(name, Implementation::public(run))
    }

    /// With an implementation that needs a permit and takes the state.
    #[must_use]
    pub fn secured<F, A>(self, name: &str, run: F) -> Self
    where
        F: Fn(Arc<S>, Permit, Invocation) -> A + Send + Sync + 'static,
        A: Future<Output: Into<Reply>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        let run = move |permit, invocation| run(Arc::clone(&state), permit, invocation);
        self.with(name, Implementation::secured(run))
    }

    /// With an implementation for a trigger without a caller that takes the state.
    #[must_use]
    pub fn triggered<F, A>(self, name: &str, run: F) -> Self
    where
        F: Fn(Arc<S>, Trigger) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Outputs, TriggerFailed>> + Send + 'static,
    {
        let state = Arc::clone(&self.state);
        let run = move |trigger| run(Arc::clone(&state), trigger);
        self.with(name, Implementation::triggered(run))
    }
}

impl<S> Registry<S> {
    /// The same registry, whose later functions take this state as their first argument.
    #[must_use]
    pub fn with_state<T>(self, state: T) -> Registry<Arc<T>> {
        Registry {
            state: Arc::new(state),
            entries: self.entries,
        }
    }

    /// The names, in the order of registration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn into_entries(self) -> Vec<(String, Implementation)> {
        self.entries
    }

    fn with(mut self, name: &str, implementation: Implementation) -> Self {
        self.entries.push((name.to_owned(), implementation));
        self
    }
}

impl Default for Registry {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the names.
impl<S> fmt::Debug for Registry<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}
