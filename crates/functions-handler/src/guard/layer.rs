//! The guard as a tower layer, for axum, hyper and whatever else speaks tower.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use client_cert::Requirement;
use http::{Request, Response};
use sync_wrapper::SyncFuture;
use tower_layer::Layer;
use tower_service::Service;

use crate::log::Subject;

use super::admission::Admission;
use super::policy_guard::Guard;
use super::presented::{Presented, TargetAuthority};

/// A layer that lets admitted callers through, with their [`Permit`](client_cert::Permit) in the extensions of the request,
/// and answers everybody else.
///
/// The decision is the same as that of [`Guard::filter`] and of this crate's server. The inner service is called after
/// it, so that no byte of a body is read for a caller who is refused. `Cache-Control: no-store` is set on answers to
/// admitted callers that have no `Cache-Control` of their own. A front end's secret is removed from the request. The service is not ready as long as calls have to wait for the
/// first policy ([`PolicyWatch::from_settings`](crate::PolicyWatch::from_settings)).
///
/// ```
/// use std::convert::Infallible;
/// use std::io;
///
/// use bytes::Bytes;
/// use client_cert::{Permit, Requirement};
/// use functions_handler::{Guard, GuardLayer};
/// use functions_handler::server::Log;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use tower::Layer;
///
/// async fn whoami(request: Request<()>) -> Result<Response<Full<Bytes>>, Infallible> {
///     let subject = request.extensions().get::<Permit>().map(|permit| permit.principal().subject());
///     Ok(Response::new(Full::from(subject.unwrap_or_default().to_owned())))
/// }
///
/// # fn service(policy: client_cert::Policy) -> io::Result<()> {
/// let guard = Guard::new(policy, Log::start(io::stdout())?);
/// let layer = GuardLayer::new(&guard, "WhoAmI", Requirement::Admitted);
/// let service = layer.layer(tower::service_fn(whoami));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct GuardLayer {
    guard: Guard,
    function: Arc<str>,
    requirement: Arc<Requirement>,
}

impl GuardLayer {
    /// A layer over this guard. `function` names in the log what is guarded.
    pub fn new(guard: &Guard, function: &str, requirement: Requirement) -> Self {
        Self {
            guard: guard.clone(),
            function: function.into(),
            requirement: Arc::new(requirement),
        }
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = GuardService<S>;

    fn layer(&self, inner: S) -> GuardService<S> {
        GuardService {
            layer: self.clone(),
            settling: Settling::default(),
            inner,
        }
    }
}

/// What [`GuardLayer`] makes of a service.
#[derive(Clone, Debug)]
pub struct GuardService<S> {
    layer: GuardLayer,
    settling: Settling,
    inner: S,
}

/// The wait for the first policy, under way or not. A clone begins its own.
#[derive(Default)]
struct Settling(Option<SyncFuture<Wait>>);

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Settling {
    fn poll(&mut self, guard: &Guard, context: &mut Context<'_>) -> Poll<()> {
        if !guard.is_settled() {
            let wait = self.0.get_or_insert_with(|| {
                let guard = guard.clone();
                SyncFuture::new(Box::pin(async move { guard.settled().await }))
            });
            ready!(Pin::new(wait).poll(context));
        }
        self.0 = None;
        Poll::Ready(())
    }
}

impl Clone for Settling {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Settling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Settling").finish_non_exhaustive()
    }
}

impl<S, B, C> Service<Request<B>> for GuardService<S>
where
    S: Service<Request<B>, Response = Response<C>, Future: Send + 'static, Error: Send + 'static>,
    C: From<Bytes> + Send + 'static,
{
    type Response = Response<C>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<C>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        ready!(self.settling.poll(&self.layer.guard, context));
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let GuardLayer {
            guard,
            function,
            requirement,
        } = &self.layer;
        let proof = guard.take_proof(request.headers_mut());
        let (method, headers) = (request.method().as_str(), request.headers());
        let authority = TargetAuthority::of(request.uri());
        let presented = Presented::in_head(method, &authority, headers, proof);
        let subject = Subject::new(method, headers, guard.front_end()).of(function);
        match guard.decide_now(subject, requirement, &presented) {
            Admission::Answered(response) => {
                Box::pin(std::future::ready(Ok(response.map(Into::into))))
            }
            Admission::Admitted(admitted) => {
                request.extensions_mut().insert(admitted.permit.clone());
                let answer = self.inner.call(request);
                Box::pin(async move { Ok(admitted.finish(answer.await?)) })
            }
        }
    }
}
