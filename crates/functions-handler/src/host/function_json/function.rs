//! A function as its folder declares it.

use super::auth_level::AuthLevel;
use super::marker::Marker;
use super::methods::Methods;
use crate::host::route::RouteTemplate;

/// A function as its folder declares it.
///
/// What the host ignores is ignored, with one exception: whatever looks like a marker must be a right one.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Function {
    /// The name of its folder, in the folder's case.
    pub name: String,
    /// What starts it.
    pub trigger: Trigger,
    /// The bindings that take a value, other than the HTTP response.
    pub outputs: Vec<Output>,
}

impl Function {
    /// What its HTTP trigger says; `None` for a function that no HTTP request starts.
    pub fn http(&self) -> Option<&HttpTrigger> {
        match &self.trigger {
            Trigger::Http(http) => Some(http),
            Trigger::Other { .. } => None,
        }
    }

    /// Whether the host delivers it by JSON envelope.
    pub fn is_enveloped(&self) -> bool {
        self.http()
            .is_none_or(|http| http.shape == RequestShape::Envelope)
    }
}

/// What starts a function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trigger {
    /// An HTTP request.
    Http(HttpTrigger),
    /// Anything else, which the host delivers by envelope.
    Other {
        /// The type of the binding, as `timerTrigger`.
        kind: String,
        /// The name of the binding.
        binding: String,
    },
}

impl Trigger {
    /// The name of the binding, under which an envelope carries what started the function.
    pub fn binding(&self) -> &str {
        match self {
            Self::Http(HttpTrigger { binding, .. }) | Self::Other { binding, .. } => binding,
        }
    }
}

/// The requests that start a function, and what becomes of the answer.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpTrigger {
    /// The name of the binding, under which an envelope carries the request.
    pub binding: String,
    /// The whole route, the host's prefix included.
    pub route: RouteTemplate,
    /// The methods that reach the function.
    pub methods: Methods,
    /// Who may call it.
    pub marker: Marker,
    /// Which key the host asks for, before the handler is called. It never replaces the certificate.
    pub auth_level: AuthLevel,
    /// How requests arrive.
    pub shape: RequestShape,
    /// The name of the binding that takes the HTTP response.
    pub output: String,
}

/// A binding that takes a value, other than the HTTP response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Output {
    /// The name of the binding.
    pub name: String,
    /// The type of the binding, as `queue`.
    pub kind: String,
    /// Whether `dataType` is `binary`: the host then passes texts on without a look at them.
    pub is_binary: bool,
}

/// How the host hands a request over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RequestShape {
    /// The original request, streamed, by hosts that know `enableProxyingHttpRequest`; older hosts fall back.
    Proxying,
    /// The original request, buffered and rewritten.
    Forwarding,
    /// A JSON envelope, posted to `/<Name>`.
    Envelope,
}
