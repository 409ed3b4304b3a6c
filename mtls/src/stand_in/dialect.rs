//! Which host is stood in for, and what it tells the handler about an invocation.

use app_settings::Problem;
use clap::ValueEnum;
use functions_handler::host::HostJson;
use uuid::Uuid;

use super::HostVersion;

/// The version that the stand-in claims: the host whose source it was written after.
pub(crate) const HOST_VERSION: &str = "4.1037.0.0";

/// How requests reach the handler.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Dialect {
    /// As every v4 host with enableForwardingHttpRequest: buffered, rewritten, content headers lost
    #[default]
    Forwarding,
    /// As hosts of 2025 and later with enableProxyingHttpRequest: streamed back, 127.0.0.1 as Host
    Proxying,
}

impl Dialect {
    /// The dialect of a host with this `host.json`, as far as that host knows its keys: the chosen one, or else forwarding, unless proxying alone is on.
    /// Without either flag a host speaks neither, and every function gets envelopes.
    ///
    /// # Errors
    ///
    /// The flag that the chosen dialect needs and that is off: such a host would send envelopes or fall back. A dialect that
    /// is newer than the host.
    pub(crate) fn of(
        chosen: Option<Self>,
        host_json: &HostJson,
        version: HostVersion,
    ) -> Result<Self, Problem> {
        let handler = &host_json.custom_handler;
        match chosen {
            Some(Self::Proxying) if !version.proxies() => Err(Problem::new(
                "--host",
                "expected forwarding, found proxying, which no host before 2025 does; leave it out, or choose another --host-version",
            )),
            Some(chosen) => chosen.agree_with(host_json).map(|()| chosen),
            None if handler.enable_forwarding_http_request => Ok(Self::Forwarding),
            None if handler.enable_proxying_http_request => Ok(Self::Proxying),
            None => Ok(Self::default()),
        }
    }

    fn agree_with(self, host_json: &HostJson) -> Result<(), Problem> {
        let handler = &host_json.custom_handler;
        if !handler.enable_forwarding_http_request && !handler.enable_proxying_http_request {
            return Ok(());
        }
        let (flag, on) = match self {
            Self::Forwarding => (
                "enableForwardingHttpRequest",
                handler.enable_forwarding_http_request,
            ),
            Self::Proxying => (
                "enableProxyingHttpRequest",
                handler.enable_proxying_http_request,
            ),
        };
        if on {
            return Ok(());
        }
        Err(Problem::new(
            format!("host.json: customHandler.{flag}"),
            "expected true, found false or nothing; set it, or choose the other --host",
        ))
    }
}

/// What the host adds to one request.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    /// The invocation id.
    pub(crate) id: String,
    /// The version of the host.
    pub(crate) host_version: &'static str,
    /// The trace context, used where the caller sent none.
    pub(crate) trace_parent: String,
    /// The handler's port.
    pub(crate) port: u16,
}

impl Invocation {
    /// A new invocation with ids of its own.
    pub(crate) fn new(port: u16) -> Self {
        let trace = Uuid::new_v4().simple().to_string();
        let span = Uuid::new_v4().simple().to_string();
        Self {
            id: Uuid::new_v4().to_string(),
            host_version: HOST_VERSION,
            trace_parent: format!("00-{trace}-{}-00", span.get(..16).unwrap_or_default()),
            port,
        }
    }
}

/// Why the host answers 500 without calling the handler.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unsendable {
    /// .NET's client refuses a copied `Transfer-Encoding` without a body.
    Chunked,
    /// A `Content-Type` that .NET cannot parse.
    ContentType,
    /// .NET's client writes ASCII alone.
    NonAscii,
    /// A path, query or header that no HTTP request can hold.
    Malformed,
}

impl Unsendable {
    /// The reason as the request's line shows it.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Chunked => "host: chunked body",
            Self::ContentType => "host: bad Content-Type",
            Self::NonAscii => "host: non-ASCII header",
            Self::Malformed => "host: malformed request",
        }
    }
}
