//! The call inside an envelope, as the log, the guard and implementations take it.

use std::sync::Arc;

use bytes::Bytes;
use client_cert::{FrontEnd, HeaderLine};
use futures_util::stream;

use crate::functions::{Invocation, RequestBody};
use crate::guard::{Guard, Presented};
use crate::host::contract::FRONT_END_SECRET_HEADER;
use crate::host::{Headers, HttpRequest, NoRoom, Room};
use crate::log::{CallerText, Subject, address};

use super::inner_head::inner_head;

/// The call inside an envelope: the post itself always says POST, and comes from the host.
pub(super) fn calling(
    subject: &Subject,
    method: &str,
    headers: &Headers,
    front_end: FrontEnd,
) -> Subject {
    Subject {
        method: CallerText::new(method),
        address: address(front_end, |name| {
            HeaderLine::from_values(headers.values(name.as_str()).map(str::as_bytes))
        }),
        ..subject.clone()
    }
}

/// What the front end forwarded with the request inside an envelope: a header counts over all spellings of its name.
pub(super) fn presented<'a>(guard: &Guard, method: &str, headers: &'a Headers) -> Presented<'a> {
    let name = FRONT_END_SECRET_HEADER;
    let proof = guard.proof(headers.values(name.as_str()).map(str::as_bytes));
    Presented::new(method, proof, |name| {
        let values = headers.values(name.as_str());
        values.map(str::as_bytes).collect()
    })
}

/// The call as an implementation sees it in either shape.
pub(super) fn invocation(
    subject: &Subject,
    request: &mut HttpRequest,
    room: &mut impl Room,
) -> Result<Invocation, NoRoom> {
    let body = request.take_body(room)?.map(|body| Ok(Bytes::from(body)));
    Ok(Invocation {
        id: subject.invocation_id,
        head: Arc::new(inner_head(request)),
        route_values: std::mem::take(&mut request.params).into_iter().collect(),
        inputs: std::mem::take(&mut request.inputs),
        body: RequestBody::new(stream::iter(body)),
    })
}
