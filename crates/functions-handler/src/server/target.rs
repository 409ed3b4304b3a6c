//! What a request is for: the one look-up.

use std::sync::Arc;

use http::Method;

use crate::functions::{Head, PublicFn};
use crate::guard::requested_method;
use crate::host::contract::{INVOCATION_ID_HEADER, PROBE_PATH};
use crate::host::{RequestPath, RouteValues, Routes};

use super::entry::{Called, Entry, HandedOn, Secured};
use super::host_post::is_host_post;

/// What a request is for. The implementation that runs and the marker that guards it come from one look-up.
#[derive(Clone)]
pub(super) enum Target {
    /// The host asks whether we live.
    Probe,
    /// No function answers this path and method.
    Nothing,
    /// A caller's request to a public function.
    Public(Arc<Called<PublicFn>>, RouteValues),
    /// A caller's request to a secured function.
    Secured(Arc<Secured>, RouteValues),
    /// A browser asks whether a page may call the secured function of this name, which does not take OPTIONS itself.
    Preflight(Arc<str>),
    /// A call of a function that the app has no implementation of.
    HandedOn(Arc<HandedOn>, Shape),
    /// An envelope of the host.
    Envelope(Entry),
}

/// How a call that is handed on arrived.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Shape {
    /// As the caller's own request.
    Raw,
    /// As an envelope of the host.
    Envelope,
}

impl Target {
    /// Looks at the method, the target and the headers, and at nothing else. `port` is our own.
    ///
    /// The host may deliver a path that belongs to another function than the one whose key it checked, so only the path
    /// that was received decides. A function that the host delivers by envelope has no route here, and a path that is an
    /// envelope's has no other meaning: what comes to it and is not the host's own finds nothing.
    pub(super) fn of(head: &Head, routes: &Routes<Entry>, port: u16) -> Self {
        let path = head.uri.path();
        if is_probe(head) {
            return Self::Probe;
        }
        if let Some(entry) = routes.enveloped(path).filter(|_| is_host_post(head, port)) {
            return match entry {
                Entry::HandedOn(to) => Self::HandedOn(Arc::clone(to), Shape::Envelope),
                Entry::Public(_) | Entry::Secured(_) | Entry::Triggered(_) => {
                    Self::Envelope(entry.clone())
                }
            };
        }
        let Ok(path) = RequestPath::parse(path) else {
            return Self::opaque(head, routes);
        };
        match routes.lookup(head.method.as_str(), &path) {
            Some((Entry::Public(called), values)) => Self::Public(Arc::clone(called), values),
            Some((Entry::Secured(secured), values)) => Self::Secured(Arc::clone(secured), values),
            Some((Entry::HandedOn(to), _)) => Self::HandedOn(Arc::clone(to), Shape::Raw),
            // A function without a caller has no route.
            Some((Entry::Triggered(_), _)) => Self::Nothing,
            None => Self::preflight(head, &path, routes),
        }
    }

    /// A preflight is about the function that the announced call reaches.
    fn preflight(head: &Head, path: &RequestPath<'_>, routes: &Routes<Entry>) -> Self {
        let found = requested_method(&head.method, &head.headers)
            .and_then(|method| routes.lookup(method, path));
        match found {
            Some((Entry::Secured(secured), _)) => Self::Preflight(Arc::clone(&secured.called.name)),
            Some((Entry::HandedOn(to), _)) if to.requirement.is_some() => {
                Self::Preflight(Arc::clone(&to.name))
            }
            Some((Entry::Public(_) | Entry::HandedOn(_) | Entry::Triggered(_), _)) | None => {
                Self::Nothing
            }
        }
    }

    /// A path that two readers could take for two different ones. It is handed on where that makes no difference; an
    /// implementation of our own never sees one.
    fn opaque(head: &Head, routes: &Routes<Entry>) -> Self {
        match routes.opaque(head.method.as_str(), head.uri.path()) {
            Some(Entry::HandedOn(to)) => Self::HandedOn(Arc::clone(to), Shape::Raw),
            Some(Entry::Public(_) | Entry::Secured(_) | Entry::Triggered(_)) | None => {
                Self::Nothing
            }
        }
    }
}

/// The host's probe has no id of an invocation. With one it is a caller's request for `/`, which is a function's where
/// `routePrefix` is empty.
fn is_probe(head: &Head) -> bool {
    head.method == Method::GET
        && head.uri.path() == PROBE_PATH
        && !head.headers.contains_key(INVOCATION_ID_HEADER)
}
