//! The parts of a request that the guard looks at, in either dialect.

use std::borrow::Cow;

use http::uri::Authority;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use client_cert::{Forwarded, FrontEnd, FrontEndProof, HeaderLine, TargetHost};

use crate::host::contract::{
    CLIENT_CERT_HEADER, CLIENT_CERTIFICATE_HEADER, FORWARDED_CLIENT_CERT_HEADER,
    FORWARDED_HOST_HEADER, FORWARDED_PROTO_HEADER, ORIGINAL_HOST_HEADER,
};

use super::cross_site::Provenance;
use super::preflight::Preflight;

/// Fetch Metadata Request Headers, section 2.4.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What came with one call. Nothing else of a request has a say in the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presented<'a> {
    pub(super) forwarded: Forwarded<'a>,
    pub(super) provenance: Provenance<'a>,
    pub(super) preflight: Option<Preflight<'a>>,
}

/// The host that the target of a raw request names: the authority of its absolute form (RFC 9112, section 3.2.2), or
/// `:authority` (RFC 9113, section 8.3.1).
#[derive(Clone, Debug)]
pub(crate) enum TargetAuthority {
    /// The target is a path.
    Absent,
    /// A host, with or without a port.
    Named(Authority),
    /// Another host than the one in `Host`, or a `Host` that cannot be read.
    Contradicted,
}

impl TargetAuthority {
    pub(crate) fn of(target: &Uri) -> Self {
        let authority = target.authority().cloned();
        authority.map_or(Self::Absent, Self::Named)
    }
}

impl<'a> Presented<'a> {
    /// Reads the head of a raw request. Headers count by their exact names: a spelling with underscores is another header.
    pub(crate) fn in_head(
        method: &str,
        authority: &'a TargetAuthority,
        headers: &'a HeaderMap,
        proof: FrontEndProof,
    ) -> Self {
        Self::read(method, authority, proof, |name| {
            let lines = headers.get_all(name).iter();
            lines.map(HeaderValue::as_bytes).collect()
        })
    }

    /// The certificate that this front end forwarded: base64 of one DER encoding, if the caller is admitted.
    pub(crate) fn certificate(&self, front_end: FrontEnd) -> Option<Cow<'a, [u8]>> {
        front_end.certificate_base64(&self.forwarded)
    }

    /// Reads headers by what finds all lines of one.
    pub(crate) fn new(
        method: &str,
        proof: FrontEndProof,
        lines: impl Fn(&HeaderName) -> Vec<&'a [u8]>,
    ) -> Self {
        Self::read(method, &TargetAuthority::Absent, proof, lines)
    }

    fn read(
        method: &str,
        authority: &'a TargetAuthority,
        proof: FrontEndProof,
        lines: impl Fn(&HeaderName) -> Vec<&'a [u8]>,
    ) -> Self {
        let line = |name: &HeaderName| HeaderLine::from_values(lines(name).into_iter());
        let host = |authority| {
            TargetHost::from_values(
                authority,
                lines(&header::HOST).into_iter(),
                lines(&FORWARDED_HOST_HEADER).into_iter(),
                lines(&ORIGINAL_HOST_HEADER).into_iter(),
            )
        };
        Self {
            forwarded: Forwarded {
                arr_client_cert: line(&CLIENT_CERTIFICATE_HEADER),
                forwarded_client_cert: line(&FORWARDED_CLIENT_CERT_HEADER),
                client_cert: line(&CLIENT_CERT_HEADER),
                proof,
                proto: line(&FORWARDED_PROTO_HEADER),
                host: match authority {
                    TargetAuthority::Absent => host(None),
                    TargetAuthority::Named(named) => host(Some(named.as_str().as_bytes())),
                    TargetAuthority::Contradicted => TargetHost::Ambiguous,
                },
            },
            provenance: Provenance {
                fetch_site: line(&SEC_FETCH_SITE),
                origin: line(&header::ORIGIN),
            },
            preflight: Preflight::read(
                method,
                line(&header::ACCESS_CONTROL_REQUEST_METHOD),
                line(&header::ACCESS_CONTROL_REQUEST_HEADERS),
            ),
        }
    }
}
