//! The guard: from the head of a request to the one function that may run for it, before its body is read.

use http::{HeaderMap, HeaderName, Method};

use crate::auth::{Decision, Forwarded, HeaderLine, Permit, Refusal, decide};
use crate::functions::Head;
use crate::host::{RequestPath, RouteValues, contract};

use super::app::{App, Served};
use super::clock::Timestamp;
use super::header_names::{CLIENT_CERTIFICATE, FORWARDED_PROTO};

/// What may happen to a request. Which body runs and which mark guards it come from one look-up.
pub(super) enum Verdict<'a> {
    /// The host asks whether we live.
    Probe,
    /// No function answers this path and method.
    NotFound,
    /// A public function: no certificate is looked at.
    Public(&'a Served, RouteValues),
    /// A secured function, and a caller who is admitted to it.
    Admitted(&'a Served, RouteValues, Permit),
    /// A secured function, and a caller who is not.
    Refused(&'a Served, Refusal),
}

/// Looks at the method, the path and the forwarded headers, and at nothing else.
///
/// The host may deliver a path that belongs to another function than the one whose key it checked, so only the path
/// that was received decides. A refusal is a verdict like any other: it becomes a reply, never a rejection that
/// would let another route answer.
pub(super) fn verdict<'a>(app: &'a App, head: &Head, time: Timestamp) -> Verdict<'a> {
    let path = head.uri.path();
    if head.method == Method::GET && path == contract::PROBE_PATH {
        return Verdict::Probe;
    }
    let Some((served, values)) = RequestPath::parse(path)
        .ok()
        .and_then(|path| app.find(head.method.as_str(), &path))
    else {
        return Verdict::NotFound;
    };
    let Some(requirement) = &served.requirement else {
        return Verdict::Public(served, values);
    };
    let forwarded = Forwarded {
        certificate: line(&head.headers, &CLIENT_CERTIFICATE),
        proto: line(&head.headers, &FORWARDED_PROTO),
    };
    match decide(app.policy(), requirement, &forwarded, time.instant()) {
        Decision::Allow(permit) => Verdict::Admitted(served, values, permit),
        Decision::Deny(refusal) => Verdict::Refused(served, refusal),
    }
}

/// All lines of one header, by its exact name: a spelling with underscores is another header.
fn line<'a>(headers: &'a HeaderMap, name: &HeaderName) -> HeaderLine<'a> {
    HeaderLine::from_values(
        headers
            .get_all(name)
            .iter()
            .map(http::HeaderValue::as_bytes),
    )
}
