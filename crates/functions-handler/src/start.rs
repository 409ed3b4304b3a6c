//! What an app's own parts are made from when the handler starts.

use std::fmt;
use std::path::Path;

use app_settings::{DeclaredSettings, Environment, KnownSettings};
use futures_util::future::BoxFuture;

use crate::server::Log;
use crate::signals::Hangups;

/// What an app's own parts are made from when the handler starts.
pub struct Start<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) app_root: &'a Path,
    pub(crate) log: Log,
    pub(crate) known: KnownSettings,
    pub(crate) background: Vec<Background>,
}

/// Work beside the requests, begun once the handler listens.
pub(crate) type Background = Box<dyn FnOnce(Hangups) -> BoxFuture<'static, ()> + Send>;

impl Start<'_> {
    /// App settings and the host's variables.
    pub fn environment(&self) -> &Environment {
        self.environment
    }

    /// The app's folder.
    pub fn app_root(&self) -> &Path {
        self.app_root
    }

    /// Where lines of the app's own go.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Adds settings that a part of the app reads, as [`Handler::declare`](crate::Handler::declare) does.
    pub fn declare(&mut self, settings: DeclaredSettings) {
        self.known.declare(settings);
    }

    /// Work beside the requests: begun once the handler listens, and dropped when it ends.
    pub fn in_background<F, W>(&mut self, work: F)
    where
        F: FnOnce(Hangups) -> W + Send + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        self.background
            .push(Box::new(move |hangups| Box::pin(work(hangups))));
    }
}

impl fmt::Debug for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").finish_non_exhaustive()
    }
}
