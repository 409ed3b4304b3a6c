//! The server, from its start to its end; one that somebody else starts, from the moment at which it is ready.

use std::sync::Arc;
use std::time::Duration;

use functions_handler::server::Log;
use tokio::runtime::Handle;
use tokio::sync::watch;
use wrapped_server::{End, NotReady, Output, Ready, ReadyWhen, ServerOptions, WrappedServer};

use crate::events;
use crate::options::Source;

/// The server. Clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    running: Arc<watch::Sender<Option<Arc<WrappedServer>>>>,
    given_up: Arc<watch::Sender<bool>>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            running: Arc::new(watch::channel(None).0),
            given_up: Arc::new(watch::channel(false).0),
        }
    }
}

impl Server {
    /// Starts it, or waits for it, on a runtime that ends later than it.
    pub(crate) fn start(&self, source: Source, ready_when: ReadyWhen, runtime: &Handle, log: Log) {
        let mut options = ServerOptions::default();
        options.ready_when = ready_when;
        let report = move |event| events::report(&log, &event);
        let _entered = runtime.enter();
        let server = match source {
            Source::Started(command, listen) => {
                options.listen = listen;
                WrappedServer::start(command, options, Output::inherited(), report)
            }
            Source::Attached(address) => WrappedServer::attach(address, options, report),
        };
        let (server, given_up) = (Arc::new(server), Arc::clone(&self.given_up));
        let ended = Arc::clone(&server);
        runtime.spawn(async move {
            if !matches!(ended.ended().await, End::Stopped) {
                given_up.send_replace(true);
            }
        });
        self.running.send_replace(Some(server));
    }

    /// Waits until it is ready.
    ///
    /// # Errors
    ///
    /// It is not, in time.
    pub(crate) async fn ready(&self) -> Result<Ready, NotReady> {
        let mut running = self.running.subscribe();
        // We hold the other side, so that it does not close.
        let started = running.wait_for(Option::is_some).await;
        let server = started.ok().and_then(|server| server.clone());
        match server {
            Some(server) => server.ready().await,
            None => std::future::pending().await,
        }
    }

    /// Waits until it is given up.
    pub(crate) fn given_up(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut given_up = self.given_up.subscribe();
        async move {
            if given_up.wait_for(|given_up| *given_up).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whether it was given up.
    pub(crate) fn is_given_up(&self) -> bool {
        *self.given_up.borrow()
    }

    /// Stops it if we started it, and waits until nothing of it is left.
    pub(crate) async fn stop(&self, grace: Duration) {
        let server = self.running.borrow().clone();
        if let Some(server) = server {
            let _: End = server.stop(grace).await;
        }
    }
}
