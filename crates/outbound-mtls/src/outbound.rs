//! The client that presents the identity in use, and its pool.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use reqwest::{Client, Method, Request, Response};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::answer::Answer;
use super::call_error::{CallError, CallErrorKind};
use super::identity::Facts;
use super::notice::{Clock, Notify};
use super::presented::{Presented, Recipe};
use super::reload_memory::Memory;

/// How often a request is sent at most. Under load one write in some hundreds lost the race against the alert.
const MAX_ATTEMPTS: usize = 4;

/// Calls services with our certificate.
///
/// One client and pool serve all calls. A renewed identity replaces the client between calls: a call in flight keeps
/// the one that it began with. Proxies from the environment are not used, so that no variable can change who is
/// called. Redirects are followed within one origin; the answer to a call that is redirected elsewhere is the
/// redirect itself, so our certificate is shown to nobody else.
pub struct Outbound {
    pub(super) recipe: Arc<Recipe>,
    pub(super) clock: Clock,
    pub(super) notify: Notify,
    pub(super) current: ArcSwapOption<Presented>,
    pub(super) memory: Mutex<Memory>,
    places: Arc<Semaphore>,
}

impl Outbound {
    pub(super) fn new(recipe: Recipe, clock: Clock, notify: Notify) -> Self {
        Self {
            places: Arc::new(Semaphore::new(recipe.limits.connections)),
            recipe: Arc::new(recipe),
            clock,
            notify,
            current: ArcSwapOption::empty(),
            memory: Mutex::new(Memory::default()),
        }
    }

    /// The facts of the identity in use, if one has been loaded.
    pub fn facts(&self) -> Option<Facts> {
        self.current
            .load()
            .as_ref()
            .map(|presented| presented.facts.clone())
    }

    /// The name of the PKCS#12 file that the identity is read from, without its folder.
    ///
    /// `None` for other sources, for a file that its thumbprint names, and for a name that may be a secret in the wrong
    /// place: one that does not end as the names of certificate files do.
    pub fn file_name(&self) -> Option<String> {
        self.recipe.identity.file_name()
    }

    /// The HTTP client that presents the identity in use.
    ///
    /// It is cheap to clone and keeps its identity: take it anew for each call, or a renewal has no effect. Of the
    /// [`Limits`](crate::Limits), `connect` and `idle` apply to it; `total` and `connections` apply to [`Outbound::send`] alone.
    ///
    /// # Errors
    ///
    /// [`CallErrorKind::NotLoaded`] if no identity has been loaded. A load that runs is waited for.
    pub async fn client(&self) -> Result<Client, CallError> {
        Ok(self.presented().await?.client.clone())
    }

    /// Sends a request within the [`Limits`](crate::Limits); the answer has any status.
    ///
    /// A request by GET, HEAD or OPTIONS is sent again where its connection breaks after the handshake and before an
    /// answer. A TLS 1.3 server that refuses our certificate sends an alert and closes the connection; if that
    /// happens before our request is written, the write fails and the alert is never read. Another attempt reads it.
    /// Those methods may be repeated (RFC 9110, section 9.2.2).
    ///
    /// # Errors
    ///
    /// [`CallErrorKind`] names them all.
    pub async fn send(&self, request: Request) -> Result<Answer, CallError> {
        let deadline = Instant::now() + self.recipe.limits.total;
        let sent = timeout_at(deadline, self.send_until(deadline, request)).await;
        match sent {
            Ok(Err(error)) if error.kind() == CallErrorKind::TimedOut => {
                // reqwest's timer for the body can win by a moment.
                let is_late = Instant::now() >= deadline;
                Err(if is_late { self.late() } else { error })
            }
            Ok(outcome) => outcome,
            Err(_) => Err(self.late()),
        }
    }

    fn late(&self) -> CallError {
        let text = format!("no answer within {:?}", self.recipe.limits.total);
        CallError::new(CallErrorKind::TimedOut, text)
    }

    async fn send_until(&self, deadline: Instant, request: Request) -> Result<Answer, CallError> {
        let place = self.place().await?;
        // Taken after the wait, so that a call never begins with an identity that has been replaced.
        let presented = self.presented().await?;
        let response = attempt(&presented.client, deadline, request).await?;
        Ok(Answer::new(response, presented.facts.clone(), place))
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, CallError> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        place.map_err(|_| CallError::new(CallErrorKind::NotLoaded, "the client is closed"))
    }

    /// The client in use. If there is none yet, a load that runs is waited for: the first call often comes while the
    /// process starts, and some files take seconds to decrypt.
    async fn presented(&self) -> Result<Arc<Presented>, CallError> {
        if let Some(presented) = self.current.load_full() {
            return Ok(presented);
        }
        let _loaded = self.memory.lock().await;
        self.current.load_full().ok_or_else(|| {
            let text = "our identity has not been loaded; see the last load failure";
            CallError::new(CallErrorKind::NotLoaded, text)
        })
    }
}

/// Sends the request, again where it may be repeated and its connection broke.
async fn attempt(
    client: &Client,
    deadline: Instant,
    mut request: Request,
) -> Result<Response, CallError> {
    let repeatable = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    // reqwest's own limit lasts until the body has been read, which is after this returns.
    *request.timeout_mut() = Some(deadline.saturating_duration_since(Instant::now()));
    for _ in 1..MAX_ATTEMPTS {
        let Some(again) = request.try_clone().filter(|_| repeatable) else {
            break;
        };
        match client.execute(again).await {
            Err(error) if !error.is_connect() => {
                let error = CallError::from_client(error);
                if error.kind() != CallErrorKind::Unreachable {
                    return Err(error);
                }
            }
            outcome => return outcome.map_err(CallError::from_client),
        }
    }
    client
        .execute(request)
        .await
        .map_err(CallError::from_client)
}
