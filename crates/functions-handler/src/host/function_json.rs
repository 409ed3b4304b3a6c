//! One `function.json`: which requests reach a function, and whether they need a certificate.

mod binding;
mod marker;
mod parse;
#[cfg(test)]
mod tests;

use super::host_json::HostJson;
use super::route::RouteTemplate;
use app_settings::Problem;

pub use marker::Marker;

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
    /// Reads the text of `<name>/function.json`, under the prefix and the flags of `host`.
    ///
    /// # Errors
    ///
    /// Every problem at once, each at `<name>/function.json: <key>`.
    pub fn parse(name: &str, text: &[u8], host: &HostJson) -> Result<Self, Vec<Problem>> {
        parse::function(name, text, host)
    }

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

/// The methods that reach a function.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Methods {
    /// `function.json` lists none.
    All,
    /// Those listed, in upper case, each once. GET does not imply HEAD.
    Listed(Vec<String>),
}

impl Methods {
    /// Whether `method`, in any case, is one of them.
    pub fn allow(&self, method: &str) -> bool {
        match self {
            Self::All => true,
            Self::Listed(listed) => listed
                .iter()
                .any(|known| known.eq_ignore_ascii_case(method)),
        }
    }

    /// Whether some method is in both.
    pub fn overlap(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, Self::All) => true,
            (Self::All, Self::Listed(listed)) | (Self::Listed(listed), Self::All) => {
                !listed.is_empty()
            }
            (Self::Listed(one), Self::Listed(_)) => one.iter().any(|method| other.allow(method)),
        }
    }
}

/// Which key the host asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AuthLevel {
    /// None.
    Anonymous,
    /// A key of the function or of the app; the host's default.
    Function,
    /// The app's master key.
    Admin,
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
