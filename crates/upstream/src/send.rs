//! A request is sent, and sent again only where nothing can happen twice.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use crate::Failure;
use crate::pool::{Lease, Pool, Unanswered};
use crate::request::RequestBody;

/// The head of an answer, and the connection on which the rest of it comes.
pub(crate) struct Answered {
    pub(crate) response: Response<Incoming>,
    pub(crate) lease: Lease,
}

/// Sends a request on a kept connection, or else on a new one.
///
/// A server may end a kept connection just when a request is sent on it. Then the request is sent once more, on a new connection,
/// if nothing of it was sent, or if nothing came back and it may be sent twice: its method is idempotent (RFC 9110, section 9.2.2)
/// and it has no body.
///
/// # Errors
///
/// No connection, or no answer.
pub(crate) async fn send(
    pool: &Pool,
    request: Request<RequestBody>,
    is_repeated: &mut bool,
) -> Result<Answered, Failure> {
    let Some(kept) = pool.kept() else {
        return send_anew(pool, request).await;
    };
    let copy = may_be_sent_twice(&request).then(|| copy(&request));
    let unanswered = match send_on(kept, request).await {
        Ok(answered) => return Ok(answered),
        Err(unanswered) => unanswered,
    };
    let again = unanswered.unsent.or(copy.filter(|_| !unanswered.heard));
    let Some(again) = again else {
        return Err(Failure::of(unanswered.error));
    };
    *is_repeated = true;
    send_anew(pool, again).await
}

async fn send_anew(pool: &Pool, request: Request<RequestBody>) -> Result<Answered, Failure> {
    let connected = pool.connect().await;
    let lease = connected.map_err(|error| Failure::Unreachable(Arc::new(error)))?;
    let answered = send_on(lease, request).await;
    answered.map_err(|unanswered| Failure::of(unanswered.error))
}

async fn send_on(mut lease: Lease, request: Request<RequestBody>) -> Result<Answered, Unanswered> {
    let response = lease.send(request).await?;
    Ok(Answered { response, lease })
}

fn may_be_sent_twice(request: &Request<RequestBody>) -> bool {
    request.method().is_idempotent() && matches!(request.body(), RequestBody::Empty)
}

/// A request without a body once more.
fn copy(request: &Request<RequestBody>) -> Request<RequestBody> {
    let mut copy = Request::new(RequestBody::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    // What counts the interim answers.
    *copy.extensions_mut() = request.extensions().clone();
    copy
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::Duration;

    use http::Method;
    use http_body_util::Full;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio::task::yield_now;

    use super::*;
    use crate::connect::Tcp;

    #[tokio::test]
    async fn a_request_of_which_nothing_was_sent_is_sent_again_whatever_it_is() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let pool = Pool::new(Tcp(listener.local_addr().unwrap()), Duration::from_secs(60));
        let lease = pool.connect().await.unwrap();
        let _first = listener.accept().await.unwrap();
        while !lease.is_ready() {
            yield_now().await;
        }
        // Its task notices when it runs again, which is after the request is handed over.
        lease.end();
        pool.keep(lease);
        let (body, _) = RequestBody::of(Full::new("body".into()), None);
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        let mut is_repeated = false;
        let answer = async move {
            let (mut second, _) = listener.accept().await.unwrap();
            let mut read = Vec::new();
            while !read.ends_with(b"body") {
                assert!(second.read_buf(&mut read).await.unwrap() > 0);
            }
            let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
            second.write_all(answer).await.unwrap();
        };
        tokio::spawn(answer);
        let answered = send(&pool, request, &mut is_repeated).await;
        assert!(answered.is_ok() && is_repeated);
    }
}
