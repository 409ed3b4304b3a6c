//! What is the same for every call.

use crate::{Address, Prefix, Secret};

/// An upstream, and what it gets to see.
#[derive(Clone, Debug)]
pub struct UpstreamOptions {
    /// Where it listens.
    pub address: Address,
    /// What `Host` says.
    pub host: HostName,
    /// A path prefix that it does not know. It gets `X-Forwarded-Prefix` instead.
    pub strip: Option<Prefix>,
    /// Whether headers with an underscore in their name are passed on.
    ///
    /// Servers that hand headers to programs as variables (CGI, WSGI, PHP) read `X_A` as `X-A`. No identity header is passed on in
    /// either spelling, whatever this says.
    pub keep_underscores: bool,
    /// Whether a comment line is added to an event stream that is silent for 20 s.
    pub event_stream_comments: bool,
    /// Who writes the headers of App Service Authentication.
    pub principal: Principal,
    /// What proves that a request came this way, in `X-Client-Cert-Gate-Secret`.
    pub secret: Option<Secret>,
}

/// What the upstream gets as `Host`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum HostName {
    /// Its own address and port. MCP servers on loopback refuse any other name (421).
    #[default]
    OwnName,
    /// The name that the caller addressed, if that is known.
    Outside,
}

/// Who writes `X-MS-CLIENT-PRINCIPAL` and the other headers of App Service Authentication.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Principal {
    /// Nobody: they are removed.
    #[default]
    Removed,
    /// App Service Authentication, which is on: they are passed on as they come.
    AppService,
    /// We, from the certificate.
    Certificate,
}

impl UpstreamOptions {
    /// An upstream that sees its own name, the whole path, no name with an underscore, and no more than it sends.
    pub fn new(address: Address) -> Self {
        Self {
            address,
            host: HostName::default(),
            strip: None,
            keep_underscores: false,
            event_stream_comments: false,
            principal: Principal::default(),
            secret: None,
        }
    }
}
