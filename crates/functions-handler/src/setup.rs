//! What a handler is run with.

use std::path::PathBuf;

use app_settings::{Environment, KnownSettings};
use futures_util::future::BoxFuture;

use crate::config;
use crate::server::{Limits, Log};

/// What the builder was given; the rest is as the Functions host and the app settings say.
pub(crate) struct Setup {
    pub(crate) environment: Option<Environment>,
    pub(crate) app_root: Option<PathBuf>,
    pub(crate) log: Option<Log>,
    pub(crate) limits: Option<Limits>,
    pub(crate) shutdown: Option<BoxFuture<'static, ()>>,
    pub(crate) known: KnownSettings,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            environment: None,
            app_root: None,
            log: None,
            limits: None,
            shutdown: None,
            known: KnownSettings::new([config::DECLARED]),
        }
    }
}
