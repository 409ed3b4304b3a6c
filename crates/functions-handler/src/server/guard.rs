//! The guard: from the head of a request to the one function that may run for it, and to the decision about its caller.

use http::header::HOST;
use http::{HeaderMap, HeaderName, Method};

use crate::functions::Head;
use crate::host::{HttpRequest, RequestPath, RouteValues, contract};
use client_cert::{Decider, Decision, Forwarded, HeaderLine, Permit, Refusal, TargetHost};

use super::app::App;
use super::clock::Timestamp;
use super::header_names::{CLIENT_CERTIFICATE, FORWARDED_HOST, FORWARDED_PROTO, ORIGINAL_HOST};
use super::host_post::is_host_post;
use super::served::Served;

/// What a request is for. Which body runs and which mark guards it come from one look-up.
pub(super) enum Target<'a> {
    /// The host asks whether we live.
    Probe,
    /// No function answers this path and method.
    Nothing,
    /// The caller's own request.
    Raw(&'a Served, RouteValues),
    /// An envelope of the host.
    Envelope(&'a Served),
}

/// Whether the caller may in.
pub(super) enum Admission {
    /// A public function: no certificate is looked at.
    Public,
    /// A secured function, and a caller who is admitted to it.
    Admitted(Permit),
    /// A secured function, and a caller who is not.
    Refused(Refusal),
}

/// Looks at the method, the target and the headers, and at nothing else. `port` is our own.
///
/// The host may deliver a path that belongs to another function than the one whose key it checked, so only the path
/// that was received decides. A function that the host delivers by envelope has no route here, and a path that is an
/// envelope's has no other meaning: what comes to it and is not the host's own finds nothing.
pub(super) fn target<'a>(app: &'a App, head: &Head, port: u16) -> Target<'a> {
    let path = head.uri.path();
    if head.method == Method::GET && path == contract::PROBE_PATH {
        return Target::Probe;
    }
    if let Some(served) = app.enveloped(path).filter(|_| is_host_post(head, port)) {
        return Target::Envelope(served);
    }
    match RequestPath::parse(path)
        .ok()
        .and_then(|path| app.find(head.method.as_str(), &path))
    {
        Some((served, values)) => Target::Raw(served, values),
        None => Target::Nothing,
    }
}

/// The decision about one call, from what the front end forwarded with it.
///
/// A refusal is an outcome like any other: it becomes a reply, never a rejection that would let another route answer.
pub(super) fn admission(
    decider: &Decider,
    served: &Served,
    forwarded: &Forwarded<'_>,
    time: Timestamp,
) -> Admission {
    let Some(requirement) = &served.requirement else {
        return Admission::Public;
    };
    match decider.decide(requirement, forwarded, time.instant()) {
        Decision::Allow(permit) => Admission::Admitted(permit),
        Decision::Deny(refusal) => Admission::Refused(refusal),
    }
}

/// What the front end forwarded with a raw request. Headers count by their exact names: a spelling with underscores is
/// another header.
pub(super) fn forwarded(headers: &HeaderMap) -> Forwarded<'_> {
    let lines = |name: &HeaderName| {
        headers
            .get_all(name)
            .iter()
            .map(http::HeaderValue::as_bytes)
    };
    Forwarded {
        certificate: HeaderLine::from_values(lines(&CLIENT_CERTIFICATE)),
        proto: HeaderLine::from_values(lines(&FORWARDED_PROTO)),
        host: TargetHost::from_values(lines(&HOST), lines(&FORWARDED_HOST), lines(&ORIGINAL_HOST)),
    }
}

/// What the front end forwarded with the request inside an envelope: a header counts over all spellings of its name.
pub(super) fn enveloped(request: &HttpRequest) -> Forwarded<'_> {
    let lines = |name| request.values(name).map(str::as_bytes);
    Forwarded {
        certificate: HeaderLine::from_values(lines(contract::CLIENT_CERTIFICATE_HEADER)),
        proto: HeaderLine::from_values(lines(contract::FORWARDED_PROTO_HEADER)),
        host: TargetHost::from_values(
            lines(HOST.as_str()),
            lines(contract::FORWARDED_HOST_HEADER),
            lines(contract::ORIGINAL_HOST_HEADER),
        ),
    }
}
