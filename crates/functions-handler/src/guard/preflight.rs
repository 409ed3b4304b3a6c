//! The question that a browser asks before it lets a page of another origin call (Fetch, section 3.3.1: CORS-preflight).
//!
//! It carries no certificate, so that no caller can be admitted by it, and no implementation runs for it.

use bytes::Bytes;
use client_cert::HeaderLine;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use super::cross_site::AllowedOrigin;

/// The most bytes of the names of headers that a preflight may ask for.
const MAX_REQUESTED_HEADERS_BYTES: usize = 1024;

/// How long a browser may keep the answer to a preflight, in seconds: browsers keep it no longer than two hours, and a
/// shorter time lets an origin that is taken off the list lose its access soon.
const PREFLIGHT_MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// What a page wants to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Preflight<'a> {
    /// `Access-Control-Request-Method`, which makes an `OPTIONS` request a preflight.
    method: &'a [u8],
    /// `Access-Control-Request-Headers`.
    headers: HeaderLine<'a>,
}

impl<'a> Preflight<'a> {
    /// What a request asks for, if it is a preflight. A browser writes each of these headers once.
    pub(super) fn read(
        method: &str,
        requested_method: HeaderLine<'a>,
        requested_headers: HeaderLine<'a>,
    ) -> Option<Self> {
        match requested_method {
            HeaderLine::Once(requested) if method.eq_ignore_ascii_case("OPTIONS") => Some(Self {
                method: requested,
                headers: requested_headers,
            }),
            HeaderLine::Absent | HeaderLine::Once(_) | HeaderLine::Repeated(_) => None,
        }
    }

    /// The answer to a page of an origin that is allowed.
    ///
    /// 200 and not 204: a forwarding host closes the caller's connection after a 204.
    pub(super) fn allowed(&self, origin: &AllowedOrigin) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::OK;
        origin.allow(&mut response);
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, PREFLIGHT_MAX_AGE);
        if let Some(method) = names(self.method) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, method);
        }
        if let HeaderLine::Once(requested) = self.headers
            && let Some(requested) = names(requested)
        {
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, requested);
        }
        response
    }
}

/// The method of the call that a preflight asks for: the function of that call is the one that it is about, since few
/// functions list `OPTIONS`. `None` for a request that is no preflight.
pub(crate) fn requested_method<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a str> {
    let once = |name| {
        let lines = headers.get_all(name).iter().map(HeaderValue::as_bytes);
        HeaderLine::from_values(lines)
    };
    let requested = once(header::ACCESS_CONTROL_REQUEST_METHOD);
    let preflight = Preflight::read(method.as_str(), requested, HeaderLine::Absent)?;
    match once(header::ORIGIN) {
        HeaderLine::Once(_) => str::from_utf8(preflight.method).ok(),
        HeaderLine::Absent | HeaderLine::Repeated(_) => None,
    }
}

/// A list of names (RFC 9110, section 5.6.2), repeated as it came.
fn names(list: &[u8]) -> Option<HeaderValue> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~, ".contains(byte);
    let fits = list.len() <= MAX_REQUESTED_HEADERS_BYTES && list.iter().all(is_part);
    fits.then(|| HeaderValue::from_bytes(list).ok()).flatten()
}
