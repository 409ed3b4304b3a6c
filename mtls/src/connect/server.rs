//! Accepts connections of this machine and serves their requests, until it is asked to stop.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::passing::Passing;
use crate::front_end::Listeners;
use crate::shutdown::asked_to_stop;

/// How long a head may take, and how long a connection may be idle: longer than clients keep theirs (a browser five minutes at most).
const HEAD_READ_TIMEOUT: Duration = Duration::from_secs(310);

/// Connections that are served at a time, on all addresses together; more wait.
const MAX_CONNECTIONS: usize = 512;

/// Bytes and lines of a request's head: what App Service's front end takes, which is the one to refuse more.
const MAX_HEADER_BYTES: usize = 64 * 1024;
const MAX_HEADERS: usize = 400;

/// The pause after the operating system refused a connection (too many open files).
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// How long requests that are under way may take to end once Ctrl-C was pressed; event streams do not end by themselves.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves until `stop`; then takes no new connection, and lets requests under way end. A second Ctrl-C ends them.
pub(super) async fn serve(
    listeners: Listeners,
    passing: &Arc<Passing>,
    stop: impl Future<Output = ()>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut accepting = JoinSet::new();
    for socket in listeners.sockets {
        let (passing, places) = (Arc::clone(passing), Arc::clone(&places));
        accepting.spawn(accept(socket, passing, places, Arc::clone(&graceful)));
    }
    stop.await;
    // Nobody else holds it once nobody accepts.
    accepting.shutdown().await;
    let Some(graceful) = Arc::into_inner(graceful) else {
        return;
    };
    tokio::select! {
        _ = timeout(DRAIN_TIMEOUT, graceful.shutdown()) => {}
        () = asked_to_stop() => {}
    }
}

async fn accept(
    socket: TcpListener,
    passing: Arc<Passing>,
    places: Arc<Semaphore>,
    graceful: Arc<GracefulShutdown>,
) {
    loop {
        let Ok((stream, _)) = socket.accept().await else {
            tokio::time::sleep(ACCEPT_BACKOFF).await;
            continue;
        };
        // After the connection is there: an address that nobody calls holds no place. The semaphore is never closed.
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let conversing = converse(stream, Arc::clone(&passing), graceful.watcher());
        tokio::spawn(async move {
            conversing.await;
            drop(place);
        });
    }
}

/// One connection. A client that closes its side has left: its request is dropped, and with it the app's work.
async fn converse(stream: TcpStream, passing: Arc<Passing>, watcher: Watcher) {
    // Only latency is at stake.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| {
        let passing = Arc::clone(&passing);
        async move { Ok::<_, Infallible>(passing.answer(request).await) }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_READ_TIMEOUT)
        .max_header_size(MAX_HEADER_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    // The client hung up or sent no HTTP, which hyper has answered.
    let _ = watcher.watch(serving).await;
}
