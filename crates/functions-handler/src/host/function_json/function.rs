//! A function as it is declared.

use super::methods::Methods;
use crate::host::auth_level::AuthLevel;
use crate::host::contract::{FUNCTION_JSON, HOST_JSON};
use crate::host::marker::{self, Marker};
use crate::host::route::RouteTemplate;

/// A function as its folder or an entry of `host.json` declares it.
///
/// What the host ignores is ignored, with one exception: whatever looks like a marker must be a right one.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Function {
    /// The name of its folder, in the folder's case; or the name that the host gives to an entry of `host.json`.
    pub name: String,
    /// Where it is declared.
    pub declaration: Declaration,
    /// What starts it.
    pub trigger: Trigger,
    /// The bindings that take a value, other than the HTTP response.
    pub outputs: Vec<Output>,
}

/// The list of `host.json` whose entries are functions.
const ROUTES: &str = "customHandler.http.routes";

impl Function {
    /// What its HTTP trigger says; `None` for a function that no HTTP request starts.
    pub fn http(&self) -> Option<&HttpTrigger> {
        match &self.trigger {
            Trigger::Http(http) => Some(http),
            Trigger::Other { .. } => None,
        }
    }

    /// The place of its declaration, for messages.
    pub fn place(&self) -> String {
        self.declaration.place(&self.name)
    }

    /// The place of its marker, for messages.
    pub fn marker_place(&self) -> String {
        match self.declaration {
            Declaration::Folder => format!("{}: {}", self.place(), marker::KEY),
            Declaration::Route { .. } => format!("{}.{}", self.place(), marker::KEY),
        }
    }

    /// What messages about another function call it: a name that is written in the app's files. The host's names of routes are not.
    pub fn label(&self) -> String {
        match self.declaration {
            Declaration::Folder => self.name.clone(),
            Declaration::Route { index } => format!("{ROUTES}.{index}"),
        }
    }

    /// Whether the host delivers it by JSON envelope.
    pub fn is_enveloped(&self) -> bool {
        self.http()
            .is_none_or(|http| http.shape == RequestShape::Envelope)
    }
}

/// Where a function is declared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Declaration {
    /// In `<name>/function.json`.
    Folder,
    /// In the entry of `customHandler.http.routes` at this index.
    Route {
        /// The index, from 0.
        index: usize,
    },
}

impl Declaration {
    fn place(self, name: &str) -> String {
        match self {
            Self::Folder => format!("{name}/{FUNCTION_JSON}"),
            Self::Route { index } => format!("{HOST_JSON}: {ROUTES}.{index}"),
        }
    }

    /// What the key of [`HttpTrigger::auth_level`] is called there.
    pub fn auth_level_key(self) -> &'static str {
        match self {
            Self::Folder => "authLevel",
            Self::Route { .. } => "authorizationLevel",
        }
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
