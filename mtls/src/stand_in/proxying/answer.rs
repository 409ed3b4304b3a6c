//! What a host that proxies makes of the handler's answer (YARP's `HttpForwarder.cs`): headers as they came, the head with
//! the first byte of the body, and then whatever comes.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Response, StatusCode};
use tokio::sync::mpsc;

use crate::body::{Body, BrokenOff};
use crate::stand_in::HostVersion;
use crate::stand_in::http_client::{Answer as Handlers, AnswerBody, length};
use crate::stand_in::kestrel::{Answer, Refused};
use crate::stand_in::stop::Stop;

/// What YARP never copies from an answer (`RequestUtilities.cs`). What `Connection` names is copied.
const DROPPED: [&str; 7] = [
    "alt-svc",
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// How many pieces of an answer wait for the caller to take them.
const WAITING_PIECES: usize = 4;

/// The host's answer, once the first byte of its body or its end has come.
///
/// # Errors
///
/// [`Stop`]: 500. Kestrel refuses what was copied, or the body broke off before its first byte.
pub(in crate::stand_in) async fn response(
    mut handlers: Handlers,
    method_is_head: bool,
    version: HostVersion,
) -> Result<Response<Body>, Stop> {
    let failed = |reason: &str| Stop::new(StatusCode::INTERNAL_SERVER_ERROR, reason);
    let head = &handlers.head;
    let mut answer = Answer::new(i64::from(head.status), &head.reason);
    copy(&handlers, version, &mut answer)
        .map_err(|_| failed("host: headers that cannot be written"))?;
    if head.status == 101 {
        return Err(switching(answer));
    }
    if !answer.is_sound() {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        return Err(Stop::before_the_host(status, "host: 204 with a length"));
    }
    let announced = answer.headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|value| length(value.as_bytes()));
    let first = handlers.body.next().await;
    let first = first.map_err(|_| failed("host: answer broken off"))?;
    let body = match first {
        None if method_is_head => Body::empty(),
        None if announced.is_some_and(|length| length > 0) && head_may_have_body(&answer) => {
            return Err(failed("host: answer broken off"));
        }
        None => Body::empty(),
        Some(first) => passed_on(first, handlers.body, announced),
    };
    Ok(answer.into_response(body))
}

/// The handler's bytes, from the first on, as they come.
fn passed_on(first: Bytes, mut rest: AnswerBody, announced: Option<u64>) -> Body {
    let (sender, pieces) = mpsc::channel(WAITING_PIECES);
    tokio::spawn(async move {
        let mut piece = Ok(Some(first));
        while let Some(one) = piece.map_err(|_| BrokenOff).transpose() {
            let is_last = one.is_err();
            if sender.send(one).await.is_err() || is_last {
                return;
            }
            piece = tokio::select! {
                piece = rest.next() => piece,
                // The caller has gone, and the handler learns of it by the end of its connection.
                () = sender.closed() => return,
            };
        }
    });
    Body::received(pieces, announced)
}

fn head_may_have_body(answer: &Answer) -> bool {
    !matches!(answer.status, 204 | 205 | 304)
}

fn copy(handlers: &Handlers, version: HostVersion, answer: &mut Answer) -> Result<(), Refused> {
    let head = &handlers.head;
    let is_coded = head.values(TRANSFER_ENCODING.as_str()).next().is_some();
    for (name, value) in &head.lines {
        let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
        let is_dropped = match lower.as_str() {
            "content-length" => is_coded,
            "strict-transport-security" => !version.passes_transport_security(),
            name => DROPPED.contains(&name),
        };
        if !is_dropped {
            answer.append(name, value)?;
        }
    }
    Ok(())
}

/// Nobody asked for another protocol: the front end takes `Upgrade` out of every request. The headers stay.
fn switching(answer: Answer) -> Stop {
    let mut stop = Stop::new(StatusCode::INTERNAL_SERVER_ERROR, "host: unasked 101");
    *stop.response.headers_mut() = answer.headers;
    stop
}
