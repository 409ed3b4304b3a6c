//! Requests that a page of another site makes a browser send.
//!
//! A browser presents its certificate whatever page asks for the request. So a request whose headers show another site is
//! refused whatever its method, unless a setting names the page's origin. Our own origin is never computed: `Host` is the
//! caller's text.

use http::{HeaderValue, Response, StatusCode, header};

use bytes::Bytes;
use client_cert::HeaderLine;

use crate::config::AllowedOrigins;

/// The most bytes of the names of headers that a preflight may ask for.
const MAX_REQUESTED_HEADERS_BYTES: usize = 1024;

/// How long a browser may keep the answer to a preflight, in seconds: browsers keep it no longer than two hours, and a
/// shorter time lets an origin that is taken off the list lose its access soon.
const PREFLIGHT_MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// What a browser says about where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Provenance<'a> {
    /// Whether the method is `OPTIONS`.
    pub(super) is_options: bool,
    /// `Sec-Fetch-Site` (Fetch Metadata Request Headers, section 2.4).
    pub(super) fetch_site: HeaderLine<'a>,
    /// `Origin` (RFC 6454, section 7).
    pub(super) origin: HeaderLine<'a>,
    /// `Access-Control-Request-Method`, which makes an `OPTIONS` request a preflight.
    pub(super) requested_method: HeaderLine<'a>,
    /// `Access-Control-Request-Headers`.
    pub(super) requested_headers: HeaderLine<'a>,
}

/// What follows from it.
pub(super) enum Verdict {
    /// Not from a page, or from one of our own.
    SameSite,
    /// From a page of an origin that is allowed.
    Allowed(AllowedOrigin),
    /// A browser asks whether a page of an allowed origin may call. It shows no certificate.
    Preflight(Response<Bytes>),
    /// From another site; with the header that shows it.
    CrossSite { found: String },
}

/// An origin that is allowed, for the answer to its pages.
#[derive(Clone, Debug)]
pub(crate) struct AllowedOrigin(HeaderValue);

impl AllowedOrigin {
    /// Lets the page read an answer. Without these headers the browser keeps it from the page.
    pub(crate) fn allow<B>(&self, response: &mut Response<B>) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.0.clone());
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
}

impl Provenance<'_> {
    pub(super) fn verdict(&self, allowed: &AllowedOrigins) -> Verdict {
        if let HeaderLine::Once(origin) = self.origin
            && allowed.contains(origin)
            && let Ok(origin) = HeaderValue::from_bytes(origin)
        {
            let origin = AllowedOrigin(origin);
            return match self.requested_method {
                HeaderLine::Once(method) if self.is_options => {
                    Verdict::Preflight(self.preflight(&origin, method))
                }
                _ => Verdict::Allowed(origin),
            };
        }
        match (self.fetch_site, self.origin) {
            (HeaderLine::Once(b"same-origin" | b"none"), _) => Verdict::SameSite,
            (HeaderLine::Absent, HeaderLine::Absent) => Verdict::SameSite,
            (HeaderLine::Absent, origin) => Verdict::CrossSite {
                found: described("Origin", origin),
            },
            (site, _) => Verdict::CrossSite {
                found: described("Sec-Fetch-Site", site),
            },
        }
    }

    /// 200 and not 204: a forwarding host closes the caller's connection after a 204.
    fn preflight(&self, origin: &AllowedOrigin, method: &[u8]) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::OK;
        origin.allow(&mut response);
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE);
        if let Some(method) = names(method) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method);
        }
        if let HeaderLine::Once(requested) = self.requested_headers
            && let Some(requested) = names(requested)
        {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested);
        }
        response
    }
}

fn described(name: &str, line: HeaderLine<'_>) -> String {
    match line {
        HeaderLine::Absent => format!("no {name}"),
        HeaderLine::Once(value) => format!("{name}: {}", String::from_utf8_lossy(value)),
        HeaderLine::Repeated(lines) => format!("{name} {lines} times"),
    }
}

/// A list of names (RFC 9110, section 5.6.2), repeated as it came.
fn names(list: &[u8]) -> Option<HeaderValue> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~, ".contains(byte);
    let fits = list.len() <= MAX_REQUESTED_HEADERS_BYTES && list.iter().all(is_part);
    fits.then(|| HeaderValue::from_bytes(list).ok()).flatten()
}
