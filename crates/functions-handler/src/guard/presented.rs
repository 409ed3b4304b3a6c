//! The headers of a request that the guard looks at, in either dialect.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use client_cert::{Forwarded, HeaderLine, TargetHost};

use super::cross_site::Provenance;
use super::header_names::{
    CLIENT_CERTIFICATE, FORWARDED_HOST, FORWARDED_PROTO, ORIGINAL_HOST, SEC_FETCH_SITE,
};

/// What came with one call. Nothing else of a request has a say in the decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Presented<'a> {
    pub(super) forwarded: Forwarded<'a>,
    pub(super) provenance: Provenance<'a>,
}

impl<'a> Presented<'a> {
    /// Reads the headers of a raw request, by their exact names: a spelling with underscores is another header.
    pub(crate) fn in_head(method: &str, headers: &'a HeaderMap) -> Self {
        Self::new(method, |name| {
            let lines = headers.get_all(name).iter();
            lines.map(HeaderValue::as_bytes).collect()
        })
    }

    /// Reads headers by what finds all lines of one.
    pub(crate) fn new(method: &str, lines: impl Fn(&HeaderName) -> Vec<&'a [u8]>) -> Self {
        let line = |name: &HeaderName| HeaderLine::from_values(lines(name).into_iter());
        Self {
            forwarded: Forwarded {
                certificate: line(&CLIENT_CERTIFICATE),
                proto: line(&FORWARDED_PROTO),
                host: TargetHost::from_values(
                    lines(&header::HOST).into_iter(),
                    lines(&FORWARDED_HOST).into_iter(),
                    lines(&ORIGINAL_HOST).into_iter(),
                ),
            },
            provenance: Provenance {
                is_options: method.eq_ignore_ascii_case("OPTIONS"),
                fetch_site: line(&SEC_FETCH_SITE),
                origin: line(&header::ORIGIN),
                requested_method: line(&header::ACCESS_CONTROL_REQUEST_METHOD),
                requested_headers: line(&header::ACCESS_CONTROL_REQUEST_HEADERS),
            },
        }
    }
}
