//! What the host answers by itself, without the handler.

use functions_handler::host::contract;
use http::header::{CONTENT_TYPE, HeaderValue};
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
    /// Whether Kestrel answers, and so without the headers that `host.json` adds.
    pub(super) is_before_the_host: bool,
}

impl Stop {
    /// The host's own answers have no body.
    pub(super) fn new(status: StatusCode, reason: &str) -> Self {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        Self {
            response: Box::new(response),
            reason: reason.to_owned(),
            is_before_the_host: false,
        }
    }

    /// An answer of Kestrel's, which the host's own code does not see.
    pub(super) fn before_the_host(status: StatusCode, reason: &str) -> Self {
        Self {
            is_before_the_host: true,
            ..Self::new(status, reason)
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

/// The paths of the host's own API, which this stand-in does not have; whole segments, as controllers match.
pub(super) fn is_reserved(routed: &str) -> bool {
    let first = routed.split('/').nth(1).unwrap_or_default();
    contract::RESERVED_ROUTE_PREFIXES
        .iter()
        .any(|prefix| first.eq_ignore_ascii_case(prefix))
}
