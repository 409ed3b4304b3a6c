//! Who vouches for the forwarded certificate.

use std::borrow::Cow;
use std::fmt;

use crate::denial::Denial;
use crate::dialect::Dialect;
use crate::forwarded::Forwarded;
use crate::front_end_secret::FrontEndProof;
use crate::header_line::HeaderLine;
use crate::target_host::TargetHost;

/// Who sets the header that carries the certificate.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum FrontEnd {
    /// Not configured: every forwarded certificate is ignored.
    #[default]
    Undeclared,
    /// App Service with client certificates on. A certificate counts only in a request with exactly one
    /// `X-Forwarded-Proto` of value `https`: over plain HTTP no certificate is presented, and the header is the caller's own.
    AppService,
    /// Azure Container Apps, whose ingress (Envoy) asks for client certificates and sets `X-Forwarded-Client-Cert`.
    ///
    /// `X-Forwarded-Proto` has no say: a proxying Functions host replaces it, there by `http`.
    ContainerApps,
    /// Any front end that writes `Client-Cert` (RFC 9440) and proves with each request that it is the one: by a secret in
    /// `X-Client-Cert-Front-End` ([`FrontEndSecrets`](crate::FrontEndSecrets)).
    Rfc9440,
    /// A developer's machine. Whatever the header holds counts, but only in requests that are addressed to this machine by
    /// a loopback name ([`TargetHost::Loopback`]): otherwise a page on the web could reach the handler through the
    /// developer's browser, under a name of its own that resolves to a loopback address (DNS rebinding).
    Development,
}

impl FrontEnd {
    /// The word of each in settings. [`FrontEnd::Undeclared`] has no word: it is what no word means.
    pub const WORDS: &[(&str, Self)] = &[
        ("app-service", Self::AppService),
        ("container-apps", Self::ContainerApps),
        ("rfc9440", Self::Rfc9440),
        ("development", Self::Development),
    ];

    /// Whether the certificate's header in this request comes from the front end. Fails closed.
    pub(crate) fn vouches(self, forwarded: &Forwarded<'_>) -> Result<(), Denial> {
        match self {
            Self::Undeclared => Err(Denial::FrontEndUndeclared),
            Self::Development => addressed_locally(forwarded.host),
            Self::AppService => over_tls(forwarded.proto),
            Self::ContainerApps => Ok(()),
            Self::Rfc9440 => proven(forwarded.proof),
        }
    }

    /// The certificate that this front end forwarded, as base64 of its DER encoding; `None` if the request has not exactly one
    /// line with one. Whether the caller is admitted is not looked at.
    pub fn certificate_base64<'a>(self, forwarded: &Forwarded<'a>) -> Option<Cow<'a, [u8]>> {
        let dialect = self.dialect();
        dialect.base64(dialect.value(forwarded).ok()?)
    }

    /// How this front end writes the certificate. Any header that another one would set is the caller's own, and ignored.
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Undeclared | Self::AppService | Self::Development => Dialect::AppService,
            Self::ContainerApps => Dialect::Envoy,
            Self::Rfc9440 => Dialect::Rfc9440,
        }
    }
}

fn proven(proof: FrontEndProof) -> Result<(), Denial> {
    match proof.fault() {
        None => Ok(()),
        Some(found) => Err(Denial::FrontEndUnproven { found }),
    }
}

fn addressed_locally(host: TargetHost<'_>) -> Result<(), Denial> {
    match host.foreign() {
        None => Ok(()),
        Some(found) => Err(Denial::HostNotLocal { found }),
    }
}

fn over_tls(proto: HeaderLine<'_>) -> Result<(), Denial> {
    let found = match proto {
        HeaderLine::Once(value) if value.eq_ignore_ascii_case(b"https") => return Ok(()),
        HeaderLine::Absent => "none",
        HeaderLine::Repeated(_) => "several",
        HeaderLine::Once(_) => "another value",
    };
    Err(Denial::NotOverTls { found })
}

impl fmt::Display for FrontEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Undeclared => "undeclared",
            Self::AppService => "app-service",
            Self::ContainerApps => "container-apps",
            Self::Rfc9440 => "rfc9440",
            Self::Development => "development",
        })
    }
}
