//! What the guard makes of one call.

use bytes::Bytes;
use client_cert::Permit;
use http::{Response, header};

use crate::log::Record;

use super::cross_site::AllowedOrigin;
use super::refusals::NO_STORE;

/// The outcome for one call. Its line of the log is written already, or will be with the status.
pub(crate) enum Admission {
    /// The caller is admitted.
    Admitted(Admitted),
    /// The caller is not; or the answer to a browser's preflight, which needs no decision.
    Answered(Response<Bytes>),
}

/// A caller who is admitted.
pub(crate) struct Admitted {
    pub(crate) permit: Permit,
    /// The line of the log.
    pub(crate) record: Record,
    pub(crate) marks: Marks,
}

/// What the answer to an admitted caller says to caches, and to the page that calls.
pub(crate) struct Marks {
    /// The page that calls, if it is one of another site that is allowed to.
    pub(crate) origin: Option<AllowedOrigin>,
}

impl Admitted {
    /// The answer as its caller gets it, and the line of the log.
    pub(crate) fn finish<B>(self, response: Response<B>) -> Response<B> {
        let response = self.mark(response);
        self.record.finish(response.status());
        response
    }

    /// The answer as its caller gets it: for them alone, and for the page that calls.
    pub(crate) fn mark<B>(&self, response: Response<B>) -> Response<B> {
        self.marks.on(response)
    }
}

impl Marks {
    /// The answer for one caller alone, and for the page that calls.
    pub(crate) fn on<B>(&self, mut response: Response<B>) -> Response<B> {
        let headers = response.headers_mut();
        headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
        if let Some(origin) = &self.origin {
            origin.allow(&mut response);
        }
        response
    }
}
