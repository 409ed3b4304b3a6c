//! The accept loop: loopback, HTTP/1.1, bounded heads, and an end that comes.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, Method, Request, header};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use warp::reply::Response;

use crate::functions::Head;

use super::app::App;
use super::body::RequestStream;
use super::connection::{Busy, Connection, PATIENCE};

/// The most bytes of a head: what the front end of App Service lets through. Beyond it, 431.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The most header lines of a request: hyper's own limit, which is Kestrel's as well. Beyond it, 431. It is not
/// set explicitly, because hyper then allocates for every head.
pub const MAX_HEADERS: usize = 100;

/// How long requests under way may take once the process has been asked to end. The host kills it anyway, after
/// its own drain of about five seconds.
pub const DRAIN_TIME: Duration = Duration::from_secs(10);

/// How long accepting rests when the system has no descriptors left.
const REST: Duration = Duration::from_millis(50);

/// Binds the handler's port on 127.0.0.1, and nowhere else: the host calls no other address, and whoever can
/// reach the port bypasses the front end.
///
/// # Errors
///
/// If the port is taken or may not be used.
pub async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

/// Serves until `stop` is ready, then drains.
///
/// True if every request under way was answered within [`DRAIN_TIME`].
pub async fn serve(listener: TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) -> bool {
    // Without an address of its own nothing is taken for the host's.
    let port = listener.local_addr().map_or(0, |address| address.port());
    let service = TowerToHyperService::new(warp::service(Arc::clone(&app).into_filter(port)));
    let connections = GracefulShutdown::new();
    let http = http();
    let accept = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                sleep(REST).await;
                continue;
            };
            // Without it an answer may wait for the host's acknowledgement of the one before.
            let _ = stream.set_nodelay(true);
            let (stream, busy) = Connection::new(stream, PATIENCE);
            let (app, service) = (Arc::clone(&app), service.clone());
            let respond = service_fn(move |request| {
                respond(Arc::clone(&app), service.clone(), request, busy.lend())
            });
            let connection =
                connections.watch(http.serve_connection(TokioIo::new(stream), respond));
            // What ends a connection early is the peer's matter.
            tokio::spawn(async { drop(connection.await) });
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    timeout(DRAIN_TIME, connections.shutdown()).await.is_ok()
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.max_header_size(MAX_HEAD_BYTES)
        // A caller that has said all and closed his side still gets his answer.
        .half_close(true);
    http
}

/// Answers one request. `busy` is held until the answer is there, and by the body until it is read.
async fn respond<S>(
    app: Arc<App>,
    service: S,
    request: Request<Incoming>,
    busy: Busy,
) -> Result<Response, Infallible>
where
    S: Service<Request<RequestStream>, Response = Response, Error = Infallible>,
{
    let has_body = !request.body().is_end_stream();
    let (parts, body) = request.into_parts();
    let head = Arc::new(Head {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
    });
    let body = RequestStream::new(body, &head.headers, app.most_bytes(&head), busy.clone());
    // warp 0.4.3 panics on what has no path, and no function could have such a path.
    let mut response = if head.method == Method::CONNECT || !head.uri.path().starts_with('/') {
        app.unroutable(&head)
    } else {
        let mut request = Request::new(body);
        request.extensions_mut().insert(head);
        service.call(request).await?
    };
    if has_body && response.status().is_client_error() {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    drop(busy);
    Ok(response)
}
