//! Requests that a page of another site makes a browser send.
//!
//! A browser presents its certificate whatever page asks for the request. So a request whose headers show another site is
//! refused whatever its method, unless a setting names the page's origin. Our own origin is never computed: `Host` is the
//! caller's text.

use http::{HeaderValue, Response, header};

use client_cert::HeaderLine;

use crate::config::AllowedOrigins;

/// What a browser says about where a request comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Provenance<'a> {
    /// `Sec-Fetch-Site` (Fetch Metadata Request Headers, section 2.4).
    pub(super) fetch_site: HeaderLine<'a>,
    /// `Origin` (RFC 6454, section 7).
    pub(super) origin: HeaderLine<'a>,
}

/// What follows from it.
pub(super) enum Verdict {
    /// Not from a page, or from one of our own.
    NotCrossSite,
    /// From a page of an origin that is allowed.
    Allowed(AllowedOrigin),
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
        if let Some(origin) = self.allowed_origin(allowed) {
            return Verdict::Allowed(origin);
        }
        match (self.fetch_site, self.origin) {
            (HeaderLine::Once(b"same-origin" | b"none"), _) => Verdict::NotCrossSite,
            (HeaderLine::Absent, HeaderLine::Absent) => Verdict::NotCrossSite,
            (HeaderLine::Absent, _) => Verdict::CrossSite {
                found: self.described_origin(),
            },
            (site, _) => Verdict::CrossSite {
                found: described("Sec-Fetch-Site", site),
            },
        }
    }

    /// The origin of the page that calls, if it is allowed.
    pub(super) fn allowed_origin(&self, allowed: &AllowedOrigins) -> Option<AllowedOrigin> {
        match self.origin {
            HeaderLine::Once(origin) if allowed.contains(origin) => {
                HeaderValue::from_bytes(origin).ok().map(AllowedOrigin)
            }
            HeaderLine::Absent | HeaderLine::Once(_) | HeaderLine::Repeated(_) => None,
        }
    }

    /// The origin for the log.
    pub(super) fn described_origin(&self) -> String {
        described("Origin", self.origin)
    }
}

fn described(name: &str, line: HeaderLine<'_>) -> String {
    match line {
        HeaderLine::Absent => format!("no {name}"),
        HeaderLine::Once(value) => format!("{name}: {}", String::from_utf8_lossy(value)),
        HeaderLine::Repeated(lines) => format!("{name} {lines} times"),
    }
}
