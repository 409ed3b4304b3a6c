//! A call of a function that is delivered by envelope.

use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::request::Parts;
use http::{Response, StatusCode};

use super::{Routing, StandIn};
use crate::body::Body;
use crate::journal::{Exchange, Hop};
use crate::stand_in::dialect::Invocation;
use crate::stand_in::envelope::{Answered, Call, NoReply, head, read, text};
use crate::stand_in::stop::Stop;

/// How long an empty answer hangs. The host waits for the function's time-out, minutes that no developer has.
const HANG: Duration = Duration::from_secs(2);

impl StandIn {
    /// Posts the envelope, and makes of the answer what the host makes of it. What goes to other bindings is printed.
    pub(super) async fn call_by_envelope(
        &self,
        caller: &Parts,
        routing: &Routing<'_>,
        body: Option<&Bytes>,
        exchange: &mut Exchange,
    ) -> Result<Response<Body>, Stop> {
        let failed = |reason: &str| Stop::new(StatusCode::INTERNAL_SERVER_ERROR, reason);
        let call = Call {
            function: routing.function,
            caller,
            routed: &routing.routed,
            values: &routing.values,
            body: body.map(|body| &**body),
        };
        let envelope = Bytes::from(text(&call, system_time()));
        // In Azure envelopes go in chunks, under Core Tools with a length: a handler must take both.
        let chunked = self.chunks.fetch_xor(true, Ordering::Relaxed);
        let length = (!chunked).then_some(envelope.len());
        let invocation = Invocation::new(self.handler.port());
        let parts = head(routing.function, length, &invocation)
            .map_err(|unsendable| failed(unsendable.reason()))?;
        if self.journal.shows_requests() {
            exchange.hops.push(Hop::of("host to handler", &parts));
        }
        exchange.pending = Some(self.journal.expect_decision(&invocation.id));
        let (head, bytes) = self.invoke(self.post(&parts, &envelope)).await?;
        match read(&head, &bytes, routing.function) {
            Ok(answered) => Ok(self.deliver(routing, answered)),
            Err(no_reply) => {
                if no_reply == NoReply::Nothing {
                    tokio::time::sleep(HANG).await;
                    self.handler.restart();
                }
                Err(failed(&no_reply.reason()))
            }
        }
    }

    fn deliver(&self, routing: &Routing<'_>, answered: Answered) -> Response<Body> {
        for put in &answered.outputs {
            let (name, output) = (&routing.function.name, &put.output);
            self.journal
                .output(name, &output.name, &output.kind, &put.text);
        }
        answered.response
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the host's clock")]
fn system_time() -> SystemTime {
    SystemTime::now()
}
