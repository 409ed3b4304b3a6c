//! What is known about one request when it has been answered.

use std::sync::Arc;
use std::time::Duration;

use super::{Decision, Hop, PendingDecision};
use crate::front_end::Presented;

/// One request on its way through front end and host. Its texts are the caller's: untrusted.
#[derive(Default)]
pub(crate) struct Exchange {
    /// The method.
    pub(crate) method: String,
    /// The path as it was sent, without the query, which may hold a key.
    pub(crate) path: String,
    /// The certificate of the connection, whether or not it was passed on.
    pub(crate) certificate: Option<Arc<Presented>>,
    /// Whether the body had a length; a chunked one has none.
    pub(crate) sized: bool,
    /// The function that the host routed to.
    pub(crate) function: Option<String>,
    /// Why the front end or the host answered without asking the handler.
    pub(crate) stopped: Option<String>,
    /// What each hop sent, where that is shown.
    pub(crate) hops: Vec<Hop>,
    /// The handler's decision, which may still be under way.
    pub(crate) pending: Option<PendingDecision>,
    /// The handler's decision.
    pub(crate) decision: Option<Decision>,
    /// The status that the caller got; `None` where the caller left first.
    pub(crate) status: Option<u16>,
    /// From the first byte of the request's head to the head of the answer.
    pub(crate) elapsed: Duration,
}
