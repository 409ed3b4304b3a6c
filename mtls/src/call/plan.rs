//! What a call is to be, before anything is sent.

use std::time::Duration;

use openssl::ssl::SslVersion;
use openssl::x509::X509;
use outbound_mtls::Identity;

use super::request::Parts;
use super::target::Target;

/// Everything that a call needs, well formed.
pub(super) struct Plan {
    pub(super) target: Target,
    pub(super) identity: Option<Identity>,
    pub(super) anchors: Vec<X509>,
    pub(super) anchors_only: bool,
    /// This version of TLS alone; `None` is TLS 1.2 or later.
    pub(super) version: Option<SslVersion>,
    pub(super) request: Parts,
    pub(super) timeout: Duration,
}
