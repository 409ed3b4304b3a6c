//! One connection, held by one call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use tokio::task::AbortHandle;

use crate::request::RequestBody;

/// A connection to the upstream. It ends when this is dropped, and with it the upstream's work on a request that is under way.
#[derive(Debug)]
pub(crate) struct Lease {
    sender: SendRequest<RequestBody>,
    task: AbortHandle,
    /// Whether a byte came back since the request was sent.
    heard: Arc<AtomicBool>,
}

/// A request that got no answer.
pub(crate) struct Unanswered {
    pub(crate) error: hyper::Error,
    /// The request itself, if nothing of it was sent.
    pub(crate) unsent: Option<Request<RequestBody>>,
    /// Whether anything came back.
    pub(crate) heard: bool,
}

impl Lease {
    pub(super) fn new(
        sender: SendRequest<RequestBody>,
        task: AbortHandle,
        heard: Arc<AtomicBool>,
    ) -> Self {
        Self {
            sender,
            task,
            heard,
        }
    }

    /// Ends the connection behind the back of who holds this.
    #[cfg(test)]
    pub(crate) fn end(&self) {
        self.task.abort();
    }

    /// Whether the next request can be sent at once.
    pub(crate) fn is_ready(&self) -> bool {
        self.sender.is_ready()
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(
        &mut self,
        request: Request<RequestBody>,
    ) -> Result<Response<Incoming>, Unanswered> {
        self.heard.store(false, Ordering::Release);
        let answer = self.sender.try_send_request(request).await;
        answer.map_err(|mut error| Unanswered {
            unsent: error.take_message(),
            error: error.into_error(),
            heard: self.heard.load(Ordering::Acquire),
        })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.task.abort();
    }
}
