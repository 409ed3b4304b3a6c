//! The registry: which implementation runs under which name.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use client_cert::Permit;
use futures_util::FutureExt as _;
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::Body;

use super::fallback::{FallbackCall, FallbackFn};
use super::implementation::Implementation;
use super::invocation::Invocation;
use super::outputs::Outputs;
use super::reply::Reply;
use super::reply_body::StreamError;
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
    fallbacks: Vec<FallbackFn>,
}

impl Registry {
    /// A registry without functions.
    pub fn new() -> Self {
        Self {
            state: (),
            entries: Vec::new(),
            fallbacks: Vec::new(),
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
            fallbacks: self.fallbacks,
        }
    }

    /// The names, in the order of registration.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, _)| name.as_str())
    }

    /// With what answers the calls of all functions that have no implementation here, as a proxy to a server that has
    /// them. Without it, such a function is a start-up error.
    ///
    /// Public or secured is what the declaration of the function says, and the decision is made before the call is handed
    /// on: whoever is refused never gets here. The request comes as it came to the handler, and its body unread; the answer
    /// is passed back as it is, each frame of its body at once, trailers included. `Connection` and `Transfer-Encoding` are
    /// the server's; admitted callers get `Cache-Control: no-store` unless the answer has a `Cache-Control` of its own.
    /// Where every function bears the same marker, paths that two readers could take for two different ones come here as
    /// well, as they came.
    ///
    /// There is no time limit but the host's `functionTimeout`, at whose end the host would kill the process; and no limit
    /// of a body's size but the host's own; a body that pauses for half a minute ends. A call whose caller leaves is dropped. A panic is answered by 500, a body that
    /// breaks off ends the connection. The answer to a call that came as an envelope ([`Delivery`](super::Delivery)) has to
    /// be one.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use functions_handler::functions::{FallbackCall, Registry};
    /// use http::Response;
    /// use http_body_util::Full;
    ///
    /// async fn answer(call: FallbackCall) -> Response<Full<Bytes>> {
    ///     let caller = call.caller.map(|caller| caller.permit.principal().subject().to_owned());
    ///     let text = format!("{} was called by {}", call.function, caller.as_deref().unwrap_or("anybody"));
    ///     Response::new(text.into())
    /// }
    ///
    /// let registry = Registry::new().fallback(answer);
    /// ```
    #[must_use]
    pub fn fallback<F, A, B>(mut self, run: F) -> Self
    where
        F: Fn(FallbackCall) -> A + Send + Sync + 'static,
        A: Future<Output = Response<B>> + Send + 'static,
        B: Body<Data = Bytes, Error: Into<StreamError>> + Send + 'static,
    {
        self.fallbacks.push(Arc::new(move |call| {
            let answer = run(call);
            answer
                .map(|response| response.map(|body| body.map_err(Into::into).boxed_unsync()))
                .boxed()
        }));
        self
    }

    /// The implementations by name, and the fallbacks: one at most, if it is right.
    pub(crate) fn into_parts(self) -> (Vec<(String, Implementation)>, Vec<FallbackFn>) {
        (self.entries, self.fallbacks)
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
