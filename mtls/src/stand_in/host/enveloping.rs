//! A call of a function that is delivered by envelope.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use rustls_pki_types::UnixTime;

use super::sending::ANSWER_BYTES;
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
        body: &Bytes,
        exchange: &mut Exchange,
    ) -> Result<Response<Body>, Stop> {
        let failed = |reason: &str| Stop::new(StatusCode::INTERNAL_SERVER_ERROR, reason);
        let call = Call {
            function: routing.function,
            caller,
            routed: &routing.routed,
            values: &routing.values,
            body: exchange.sized.then_some(body),
        };
        let envelope = Bytes::from(text(&call, UnixTime::now()));
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
        let envelope = match length {
            Some(_) => Body::buffered(envelope),
            None => Body::chunked(envelope),
        };
        let post = self.post(Request::from_parts(parts, envelope));
        let (parts, mut body) = self.invoke(post).await?.into_parts();
        let Ok(bytes) = body.buffer(ANSWER_BYTES).await else {
            return Err(failed("host: answer broken off"));
        };
        match read(&Response::from_parts(parts, bytes), routing.function) {
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
        answered.response.map(Body::buffered)
    }
}
