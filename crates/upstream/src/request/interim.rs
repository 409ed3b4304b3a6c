//! Interim answers (RFC 9110, section 15.2): they are not passed back, one of them asks for the body, and all are counted.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use http::{Request, StatusCode};
use tokio::sync::{Notify, oneshot};

use crate::Failure;

/// The most interim answers to one request. Servers send a few hints (103), or say every few seconds that they are at work (102);
/// without a bound an upstream could keep a call busy until its time is over.
const MAX_INTERIM_ANSWERS: u32 = 100;

/// The interim answers to one request.
#[derive(Debug, Default)]
pub(crate) struct InterimAnswers {
    count: AtomicU32,
    exceeded: Notify,
}

impl InterimAnswers {
    /// Counts those to a request from now on, and says through `ask` that one asks for the body.
    pub(crate) fn to<B>(request: &mut Request<B>, ask: Option<oneshot::Sender<()>>) -> Arc<Self> {
        let answers = Arc::new(Self::default());
        let counted = Arc::clone(&answers);
        let ask = Mutex::new(ask);
        hyper::ext::on_informational(request, move |answer| {
            if answer.status() == StatusCode::CONTINUE {
                let ask = ask.lock().ok().and_then(|mut ask| ask.take());
                ask.map(|ask| ask.send(()));
            }
            if counted.count.fetch_add(1, Ordering::Relaxed) >= MAX_INTERIM_ANSWERS {
                counted.exceeded.notify_one();
            }
        });
        answers
    }

    /// The outcome of a future, unless there are too many before it.
    ///
    /// # Errors
    ///
    /// [`Failure::Malformed`].
    pub(crate) async fn bounded<T>(&self, future: impl Future<Output = T>) -> Result<T, Failure> {
        tokio::select! {
            biased;
            () = self.exceeded.notified() => Err(Failure::Malformed("more than 100 interim answers")),
            outcome = future => Ok(outcome),
        }
    }
}
