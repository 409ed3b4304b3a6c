//! The guard as a warp filter.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use client_cert::{Permit, Requirement};
use http::uri::Authority;
use http::{HeaderMap, Method, Response, Uri};
use warp::Filter;

use crate::functions::Head;
use crate::host::contract::FRONT_END_SECRET_HEADER;
use crate::log::Subject;

use super::admission::Admission;
use super::policy_guard::Guard;
use super::presented::{Presented, TargetAuthority};

/// The answer to a caller who is not admitted. It is final, and shows nothing of the reason.
///
/// For a page of an allowed origin it is also the answer to the browser's preflight.
#[derive(Debug)]
pub struct Refused(Box<Response<Bytes>>);

impl Refused {
    /// The answer.
    pub fn into_response(self) -> Response<Bytes> {
        *self.0
    }
}

impl warp::Reply for Refused {
    fn into_response(self) -> warp::reply::Response {
        self.0.map(Into::into)
    }
}

/// What is asked about one call.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) subject: Subject,
    pub(crate) requirement: Arc<Requirement>,
    pub(crate) authority: TargetAuthority,
    pub(crate) head: Arc<Head>,
}

impl Guard {
    /// A filter that extracts the [`Permit`] of an admitted caller, or the answer to anybody else.
    ///
    /// A refusal is not a warp rejection: a rejection lets the next route answer, and a refusal is final. So the filter
    /// never rejects, and what it extracts is a `Result` that is itself a reply. Put the path and the method before it and
    /// the body after it: then no byte of a body is read for a caller who is refused.
    ///
    /// `function` names in the log what is guarded. Where pages of other origins are allowed to call, let `OPTIONS` pass to
    /// the filter as well: it answers their preflights.
    ///
    /// ```
    /// use std::io;
    ///
    /// use client_cert::{Permit, Requirement};
    /// use functions_handler::{Guard, Refused};
    /// use functions_handler::server::Log;
    /// use warp::Filter;
    ///
    /// # fn routes(policy: client_cert::Policy) -> io::Result<impl Filter<Extract: warp::Reply> + Clone> {
    /// let guard = Guard::new(policy, Log::start(io::stdout())?);
    /// let orders = warp::path!("api" / "orders")
    ///     .and(warp::get())
    ///     .and(guard.filter("Orders", Requirement::Admitted))
    ///     .map(|permit: Result<Permit, Refused>| {
    ///         permit.map(|permit| format!("orders of {}", permit.principal().subject()))
    ///     });
    /// # Ok(orders)
    /// # }
    /// ```
    ///
    /// A front end's secret stays in the request: a route that hands headers on removes `X-Client-Cert-Front-End` itself.
    /// What the answer to an admitted caller says to caches and to pages of other origins is the route's own matter.
    pub fn filter(
        &self,
        function: &str,
        requirement: Requirement,
    ) -> impl Filter<Extract = (Result<Permit, Refused>,), Error = Infallible>
    + Clone
    + Send
    + Sync
    + 'static
    + use<> {
        let (function, requirement): (Arc<str>, _) = (function.into(), Arc::new(requirement));
        let front_end = self.front_end();
        let head = warp::method()
            .and(authority())
            .and(warp::header::headers_cloned());
        let guard = self.clone();
        let asked = head.map(
            move |method: Method, authority: TargetAuthority, mut headers: HeaderMap| Asked {
                subject: Subject::new(method.as_str(), &headers, front_end).of(&function),
                requirement: Arc::clone(&requirement),
                authority,
                head: Arc::new(Head {
                    had_secret: headers.contains_key(FRONT_END_SECRET_HEADER),
                    proof: guard.take_proof(&mut headers),
                    method,
                    uri: Uri::default(),
                    headers,
                }),
            },
        );
        admissions(self.clone(), asked).map(|admission| match admission {
            Admission::Admitted(admitted) => Ok(admitted.permit),
            Admission::Answered(response) => Err(Refused(Box::new(response))),
        })
    }
}

/// The authority of the request target, which warp gives for a `Host` as well.
fn authority()
-> impl Filter<Extract = (TargetAuthority,), Error = Infallible> + Clone + Send + Sync + 'static {
    warp::host::optional()
        .map(|named: Option<Authority>| {
            named.map_or(TargetAuthority::Absent, TargetAuthority::Named)
        })
        // warp rejects two that differ.
        .or_else(async |_| Ok::<_, Infallible>((TargetAuthority::Contradicted,)))
}

/// The filter under [`Guard::filter`] and under the server: the decision about what `asked` extracts.
pub(crate) fn admissions<A>(
    guard: Guard,
    asked: A,
) -> impl Filter<Extract = (Admission,), Error = A::Error> + Clone + Send + Sync + 'static
where
    A: Filter<Extract = (Asked,)> + Clone + Send + Sync + 'static,
{
    asked.then(move |asked: Asked| {
        let guard = guard.clone();
        async move {
            let Head {
                method,
                headers,
                proof,
                ..
            } = &*asked.head;
            let presented = Presented::in_head(method.as_str(), &asked.authority, headers, *proof);
            guard
                .decide(asked.subject, &asked.requirement, &presented)
                .await
        }
    })
}
