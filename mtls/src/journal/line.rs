//! The line of one request, which is written whatever becomes of the request.

use std::sync::Arc;
use std::time::Instant;

use http::{Request, StatusCode};

use super::{Exchange, Journal};
use crate::front_end::Presented;

/// The reason code where the client left before the head of an answer.
const CLIENT_LEFT: &str = "client-left";

/// What is known of a request so far. It is written when this is dropped, and so where the client leaves first, too.
pub(crate) struct Line {
    journal: Arc<Journal>,
    began: Instant,
    exchange: Exchange,
}

impl Line {
    /// A request that begins now.
    pub(crate) fn of<B>(request: &Request<B>, journal: &Arc<Journal>) -> Self {
        Self {
            journal: Arc::clone(journal),
            began: Instant::now(),
            exchange: Exchange {
                method: request.method().to_string(),
                path: request.uri().path().to_owned(),
                ..Exchange::default()
            },
        }
    }

    /// What is known so far, to add to.
    pub(crate) fn exchange(&mut self) -> &mut Exchange {
        &mut self.exchange
    }

    /// The app is not asked, or gives no answer: the reason code.
    pub(crate) fn stopped(&mut self, code: &str) {
        self.exchange.stopped = Some(code.to_owned());
    }

    /// The request went over a connection to which this certificate belongs.
    pub(crate) fn presented(&mut self, certificate: &Arc<Presented>) {
        self.exchange.certificate = Some(Arc::clone(certificate));
    }

    /// There is an answer for the client.
    pub(crate) fn answered(mut self, status: StatusCode) {
        self.exchange.status = Some(status.as_u16());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut exchange = std::mem::take(&mut self.exchange);
        if exchange.status.is_none() {
            exchange.stopped = Some(CLIENT_LEFT.to_owned());
        }
        exchange.elapsed = self.began.elapsed();
        self.journal.finished(exchange);
    }
}
