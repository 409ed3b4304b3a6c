//! The accept loop: loopback, HTTP/1.1, bounded heads, and an end that comes.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use super::app::App;
use super::connection::{Connection, TIMEOUTS};
use super::connections::Connections;
use super::filter::filter;
use super::in_flight::Requests;
use super::respond::Responder;

/// The most bytes of a head: what the front end of App Service lets through. Beyond it, 431.
pub const MAX_HEAD_BYTES: usize = 64 * 1024;

/// The most header lines of a request: hyper's own limit, which is Kestrel's as well. Beyond it, 431. It is not
/// set explicitly, because hyper then allocates for every head.
pub const MAX_HEADERS: usize = 100;

/// The most connections at once. The host opens one for each request under way: up to 1,000 on Flex Consumption
/// (`perInstanceConcurrency`), 100 on Consumption (`maxConcurrentRequests`), any number elsewhere. Twice the largest of these,
/// since its pool keeps idle ones for a minute. Beyond it, an idle one is closed for each new one; where all have a request
/// under way, new ones wait until one ends.
pub const MAX_CONNECTIONS: usize = 2048;

/// The most bytes of heads that are not yet whole, all connections together: 256 of the longest. The host sends a head in one
/// piece. Beyond it, the one that has been under way longest is given up.
pub const MAX_UNFINISHED_HEAD_BYTES: usize = 256 * MAX_HEAD_BYTES;

/// How long requests under way may take once the process has been asked to end. The host kills it anyway, after
/// its own drain of about five seconds.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// How long accepting pauses when the system has no descriptors left.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

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
/// True if every request under way was answered within [`DRAIN_TIMEOUT`].
pub async fn serve(listener: TcpListener, app: Arc<App>, stop: impl Future<Output = ()>) -> bool {
    // Without an address, nothing is taken for the host's own.
    let port = listener.local_addr().map_or(0, |address| address.port());
    let service = TowerToHyperService::new(warp::service(filter(&app)));
    let responder = Arc::new(Responder { app, service, port });
    let connections = Connections::new(MAX_CONNECTIONS, MAX_UNFINISHED_HEAD_BYTES);
    let watched = GracefulShutdown::new();
    let http = http();
    let accept = async {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                connections.give_one_up();
                sleep(ACCEPT_BACKOFF).await;
                continue;
            };
            // Without it an answer may wait for the host's acknowledgement of the one before.
            let _ = stream.set_nodelay(true);
            let requests = Requests::default();
            let beginning = requests.beginning();
            let place = connections.place(&requests).await;
            let stream = Connection::new(stream, place, requests, TIMEOUTS);
            let responder = Arc::clone(&responder);
            let respond = service_fn(move |request| {
                let (responder, in_flight) = (Arc::clone(&responder), beginning.begin());
                async move { responder.respond(request, in_flight).await }
            });
            let connection = watched.watch(http.serve_connection(TokioIo::new(stream), respond));
            // What ends a connection early is the peer's affair.
            tokio::spawn(async { drop(connection.await) });
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    timeout(DRAIN_TIMEOUT, watched.shutdown()).await.is_ok()
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.max_header_size(MAX_HEAD_BYTES)
        // hyper keeps the buffer with the connection, and takes more than six times as much by default.
        .max_buf_size(MAX_HEAD_BYTES)
        // A caller that has sent everything and closed their side still gets an answer.
        .half_close(true);
    http
}
