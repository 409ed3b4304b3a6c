//! What the host answers by itself, without the handler.

use functions_handler::host::contract;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{Response, StatusCode};

use crate::body::Body;

/// What a browser sees at `/`.
const HOME_PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>mtls local</title></head>\
    <body><p>The stand-in for the Functions host is up and running.</p></body></html>\n";

/// The handler was not asked: the host's own answer, and why.
pub(super) struct Stop {
    /// What the caller gets.
    pub(super) response: Box<Response<Body>>,
    /// The reason as the request's line shows it.
    pub(super) reason: String,
}

impl Stop {
    /// The host's own answers have no body.
    pub(super) fn new(status: StatusCode, reason: &str) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self {
            response: Box::new(response),
            reason: reason.to_owned(),
        }
    }

    /// The page at `/`, or 204 where `AzureWebJobsDisableHomepage` says so.
    pub(super) fn home_page(shown: bool) -> Self {
        let mut stop = Self::new(StatusCode::NO_CONTENT, "host: home page");
        if shown {
            *stop.response = Response::new(Body::buffered(HOME_PAGE.into()));
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            stop.response.headers_mut().insert(CONTENT_TYPE, html);
        }
        stop
    }
}

/// Kestrel's limits, which the host keeps.
pub(super) fn within_limits(caller: &Parts) -> Result<(), Stop> {
    let target = caller
        .uri
        .path_and_query()
        .map_or(0, |target| target.as_str().len());
    let line = caller.method.as_str().len() + target + " HTTP/1.1\r\n".len() + 1;
    if line > contract::REQUEST_LINE_BYTES {
        return Err(Stop::new(
            StatusCode::URI_TOO_LONG,
            "host: request line too long",
        ));
    }
    let bytes: usize = caller
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len())
        .sum();
    if bytes > contract::REQUEST_HEADER_BYTES || caller.headers.len() > contract::REQUEST_HEADERS {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Stop::new(status, "host: headers too large"));
    }
    Ok(())
}

/// The paths of the host's own API, which this stand-in does not have; whole segments, as controllers match.
pub(super) fn is_reserved(routed: &str) -> bool {
    let first = routed.split('/').nth(1).unwrap_or_default();
    contract::RESERVED_ROUTE_PREFIXES
        .iter()
        .any(|prefix| first.eq_ignore_ascii_case(prefix))
}
